// SPDX-License-Identifier: GPL-3.0-or-later

/// What alerts say that are about the box and its devices, not about a person's values: what is wrong, and what to do.
package enum TechnicalTexts {
  // MARK: what the rules are called

  package static let storage = Text(zh: "网关存储", en: "gateway storage")
  package static let deviceClock = Text(zh: "设备时钟", en: "device clock")
  package static let delivery = Text(zh: "警报送达", en: "alert delivery")
  package static let answer = Text(zh: "警报无人应答", en: "alert unanswered")
  package static let bluetooth = Text(zh: "网关蓝牙", en: "gateway Bluetooth")
  package static let plan = Text(zh: "计划测量缺失", en: "planned measurement missing")
  package static let stream = Text(zh: "连续数据中断", en: "stream interrupted")
  package static let unseen = Text(zh: "设备无信号", en: "device not heard")
  package static let device = Text(zh: "设备状况", en: "device trouble")

  // MARK: the box

  package static let storageFailing = Text(
    zh: "网关无法保存读数，磁盘已满或出错；警报仍会发出，请联系技术员",
    en: "the gateway cannot store readings, its disk is full or failing; alerts still go out, call the technician"
  )
  package static let storageWorks = Text(zh: "网关又能保存读数", en: "the gateway can store readings again")
  package static let storageShort = Text(
    zh: "网关的存储空间快用完，最旧的读数会被丢弃；请技术员清理空间",
    en: "the gateway's storage is nearly full, the oldest readings are dropped; have the technician make room")
  package static let storageHasRoom = Text(zh: "网关又有存储空间", en: "the gateway has room for readings again")
  package static let alertsUnheard = Text(
    zh: "警报无人接收：诊所没有订阅，或消息服务器拒收；请检查诊所的接收端",
    en:
      "nobody receives the alerts: the clinic is not subscribed, or the broker refuses them; check the clinic's receiver"
  )
  package static let alertsHeard = Text(zh: "警报又有人接收", en: "the alerts are received again")
  package static let unanswered = Text(
    zh: "有高优先级警报已上报到最后一级，仍无人确认；请立即查看未确认的警报",
    en: "a high alert went up to the last level and nobody has acknowledged it; look at the open alerts now")
  package static let answered = Text(
    zh: "已没有无人应答的高优先级警报", en: "no high alert is left unanswered")
  package static let bluetoothAway = Text(
    zh: "网关的蓝牙不工作，收不到任何设备；请检查蓝牙适配器是否插好，网关会自动重试",
    en:
      "the gateway's Bluetooth does not work, no device is heard; check that its adapter is plugged in, it keeps trying"
  )
  package static let bluetoothIsBack = Text(zh: "网关的蓝牙已恢复", en: "the gateway's Bluetooth works again")

  // MARK: what should have come

  package static let deviceIsGone = Text(zh: "设备已移除", en: "the device was removed")

  /// - Parameter kinds: what the kinds of the contract are, `systolic`; any of them was planned.
  package static func nothingMeasured(ofKinds kinds: [String]) -> Text {
    let names = list(kinds)
    return Text(
      zh: "没有按计划测量\(names.zh)；请询问本人，并检查设备",
      en: "planned measurements of \(names.en) were missed; ask the person, and check the device")
  }

  /// For days.
  package static func nothingMeasuredForLong(ofKinds kinds: [String]) -> Text {
    let names = list(kinds)
    return Text(
      zh: "已好几天没有测量\(names.zh)；请联系本人，并检查设备",
      en: "no measurement of \(names.en) for days; contact the person, and check the device")
  }

  package static func measuredAgain(kinds: [String]) -> Text {
    let names = list(kinds)
    return Text(
      zh: "又有\(names.zh)的测量值，或已不在计划内",
      en: "there are measurements of \(names.en) again, or none are planned")
  }

  package static func streamIsSilent(of model: String, _ id: String) -> Text {
    Text(
      zh: "设备 \(model)（\(id)）的连续数据中断，本人无法被监测；请检查是否戴好、有电、在附近",
      en: "\(model) (\(id)) sends nothing, the person is not monitored; check that it is worn, charged and near")
  }

  package static func streamIsBack(of model: String, _ id: String) -> Text {
    Text(
      zh: "设备 \(model)（\(id)）又有连续数据，或已不需要",
      en: "\(model) (\(id)) sends again, or is not due any more")
  }

  package static func isUnseen(_ model: String, _ id: String) -> Text {
    Text(
      zh: "多日没有收到设备 \(model)（\(id)）的信号；请检查电池，并在网关附近使用一次",
      en: "\(model) (\(id)) has not been heard for days; check its battery, and use it once near the gateway")
  }

  package static func isSeen(_ model: String, _ id: String) -> Text {
    Text(zh: "又收到设备 \(model)（\(id)）的信号", en: "\(model) (\(id)) is heard again")
  }

  // MARK: what devices say of themselves

  package static func clockIsOff(of model: String, _ id: String) -> Text {
    Text(
      zh: "设备 \(model)（\(id)）的时钟不准或没有设置；请在设备上校准时间",
      en: "the clock of \(model) (\(id)) is wrong or was never set; set it on the device")
  }

  package static func clockIsRight(of model: String, _ id: String) -> Text {
    Text(zh: "设备 \(model)（\(id)）的时钟已准确", en: "the clock of \(model) (\(id)) is right again")
  }

  package static func bondIsLost(of model: String, _ id: String) -> Text {
    Text(
      zh: "设备 \(model)（\(id)）与网关的配对已失效（可能被重置或与别的手机配对），请重新配对",
      en: "\(model) (\(id)) and this gateway are not paired any more (reset, or paired with a phone?); pair it anew")
  }

  package static func bondHolds(of model: String, _ id: String) -> Text {
    Text(zh: "设备 \(model)（\(id)）已恢复连接", en: "\(model) (\(id)) is connected again")
  }

  package static func batteryIsLow(of model: String, _ id: String) -> Text {
    Text(
      zh: "设备 \(model)（\(id)）电量低；请充电或更换电池",
      en: "the battery of \(model) (\(id)) is low; charge or replace it")
  }

  package static func batteryIsEmpty(of model: String, _ id: String) -> Text {
    Text(
      zh: "设备 \(model)（\(id)）电量将尽，随时会停；请立即充电或更换电池",
      en: "the battery of \(model) (\(id)) is nearly empty and may stop any time; charge or replace it now")
  }

  package static func batteryLasts(of model: String, _ id: String) -> Text {
    Text(zh: "设备 \(model)（\(id)）电量不再告急", en: "the battery of \(model) (\(id)) is not nearly empty any more")
  }

  package static func batteryIsCharged(of model: String, _ id: String) -> Text {
    Text(zh: "设备 \(model)（\(id)）电量已恢复", en: "the battery of \(model) (\(id)) has power again")
  }

  package static func sensorIsFaulty(of model: String, _ id: String) -> Text {
    Text(
      zh: "设备 \(model)（\(id)）报告自身故障，测量值不可靠；请更换设备",
      en: "\(model) (\(id)) reports a fault of its own, do not rely on its values; replace it")
  }

  package static func sensorWorks(of model: String, _ id: String) -> Text {
    Text(zh: "设备 \(model)（\(id)）不再报告故障", en: "\(model) (\(id)) reports no fault any more")
  }

  package static func measurementsFail(of model: String, _ id: String) -> Text {
    Text(
      zh: "设备 \(model)（\(id)）多次测量失败；请查看佩戴和操作是否正确，必要时更换设备",
      en: "measurements of \(model) (\(id)) keep failing; see how it is put on and used, replace it if need be")
  }

  package static func measurementSucceeds(of model: String, _ id: String) -> Text {
    Text(zh: "设备 \(model)（\(id)）测量成功", en: "\(model) (\(id)) measured again")
  }

  private static func list(_ kinds: [String]) -> Text {
    let names = kinds.map { kind in KindNames.name(ofKind: kind) ?? Text(zh: kind, en: kind) }
    guard let first = names.first else { return Text(zh: "任何数值", en: "anything") }
    return names.dropFirst().reduce(first) { list, name in
      Text(zh: "\(list.zh)或\(name.zh)", en: "\(list.en) or \(name.en)")
    }
  }
}
