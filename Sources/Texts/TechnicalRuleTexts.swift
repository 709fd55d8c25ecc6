// SPDX-License-Identifier: GPL-3.0-or-later

/// A technical condition in words, for `vigilctl rules`: when it begins and ends, and what to do.
package enum TechnicalRuleTexts {
  // MARK: labels and joining

  package static let toDo = Text(zh: "怎么办", en: "What to do")
  package static let raisedBy = Text(zh: "由谁发出", en: "Raised by")
  package static let pause = Text(zh: "暂停", en: "Pause")

  package static let never = Text(
    zh: "不能暂停：它关系到其他警报能否送达", en: "never: without it nobody would know that others do not arrive")
  package static let byTheDesk = Text(
    zh: "诊所的工作台（vigilctl watch --clinic）：网关断电后不能自己报告",
    en: "the clinic's desk (vigilctl watch --clinic): a dead box cannot say that it is dead")

  /// One of several ways to begin, each with a priority of its own.
  package static func way(_ condition: Text, _ priority: Text) -> Text {
    Text(zh: "\(condition.zh)（\(priority.zh)）", en: "\(condition.en) (\(priority.en))")
  }

  // MARK: names

  package static let lost = Text(zh: "网关失联", en: "gateway lost")

  // MARK: when they begin

  package static func missed(_ count: Int, orNothingFor time: Text) -> Text {
    Text(
      zh: "计划的测量连续缺失 \(count) 次，或 \(time.zh)没有测量",
      en: "\(count) planned measurements missed in a row, or none for \(time.en)")
  }
  package static func nothing(for time: Text) -> Text {
    Text(zh: "\(time.zh)没有计划的测量", en: "no planned measurement for \(time.en)")
  }
  package static func silent(for time: Text) -> Text {
    Text(
      zh: "按计划或因未结束的警报应有的连续数据中断 \(time.zh)",
      en: "a stream that is due, by the plan or for an open alert, silent for \(time.en)")
  }
  package static func unseen(for time: Text) -> Text {
    Text(zh: "\(time.zh)没有收到设备的信号", en: "nothing heard of a device for \(time.en)")
  }
  package static func lost(after count: Int) -> Text {
    Text(zh: "网关的 health 消息连续缺失 \(count) 次", en: "\(count) `health` messages of a gateway missed")
  }
  package static func battery(_ percent: Int) -> Text {
    Text(zh: "电量 \(percent)% 或更低", en: "a battery at \(percent) % or less")
  }
  package static func sensorFault(_ count: Int) -> Text {
    Text(zh: "设备 \(count) 次报告自身故障", en: "a device that reports a fault of its own \(count) times")
  }
  package static func failed(_ count: Int) -> Text {
    Text(zh: "一天内 \(count) 次测量失败，没有一次成功", en: "\(count) measurements failed within a day, none good between")
  }
  package static let clockIsOff = Text(
    zh: "设备时钟相差超过 2 分钟，或从未设置", en: "a device's clock more than 2 min off, or never set")
  package static let storageFails = Text(zh: "读数无法保存", en: "readings cannot be stored")
  package static let storageIsShort = Text(
    zh: "存储空间快用完，最旧的读数被丢弃", en: "room runs out, the oldest readings are dropped")
  package static func unheard(high: Text, others: Text) -> Text {
    Text(
      zh: "诊所没有订阅警报、消息服务器拒收，或警报没有按时送达（高 \(high.zh)，其他 \(others.zh)）",
      en:
        "nobody subscribed to the alerts, the broker refuses them, or one is not received in time (high \(high.en), "
        + "others \(others.en))")
  }
  package static let unanswered = Text(
    zh: "高优先级警报已上报到最后一级，仍无人确认",
    en: "a high alert at its last level that nobody has acknowledged")
  package static func bluetoothAway(for time: Text) -> Text {
    Text(zh: "网关的蓝牙 \(time.zh)不工作", en: "the gateway's Bluetooth away for \(time.en)")
  }
  package static func digest(at time: String) -> Text {
    Text(
      zh: "每天 \(time)，若有超过每日上限的警报或设备小问题",
      en: "each day at \(time), where something was held back or a device had a small matter"
    )
  }

  /// How many a day are said at once, the rest in the digest.
  package static func cap(_ kind: Text, _ count: Int) -> Text {
    Text(zh: "\(kind.zh) \(count) 个", en: "\(kind.en) \(count)")
  }
  package static let caps = Text(zh: "每日上限", en: "At most a day")
  package static let technical = Text(zh: "技术", en: "technical")

  // MARK: when they are over

  package static let measuredAgain = Text(
    zh: "又有计划内的测量，或已不在计划内", en: "a planned kind is measured again, or not planned any more")
  package static let streamIsBack = Text(zh: "又有连续数据，或已不需要", en: "the stream comes again, or is not due any more")
  package static let heardAgain = Text(zh: "又收到设备的信号，或设备已移除", en: "the device is heard again, or removed")
  package static let gatewayIsBack = Text(zh: "又收到网关的消息", en: "the gateway is heard again")
  package static func deviceIsWell(low: Int, empty: Int) -> Text {
    Text(
      zh: "电量分别回到 \(low)%、\(empty)%；设备不再报告故障；测量成功",
      en: "the battery is back at \(low) % or \(empty) %; no fault is reported any more; a measurement succeeds")
  }
  package static let clockIsRight = Text(zh: "读到设备时钟已准确", en: "the clock is seen to be right")
  package static let storageWorks = Text(zh: "又能保存读数，空间足够", en: "readings are stored again, and there is room")
  package static let heard = Text(zh: "警报又有人接收", en: "the alerts are received again")
  package static let answered = Text(zh: "有人确认，或警报结束", en: "somebody acknowledges it, or it is over")
  package static let bluetoothIsBack = Text(zh: "蓝牙恢复", en: "Bluetooth works again")
  package static let digestIsRead = Text(zh: "只是通知，发出即结束", en: "it is a notice, and over when it is said")

  // MARK: what to do

  package static let askThePerson = Text(zh: "请询问本人，并检查设备", en: "ask the person, and check the device")
  package static let checkTheSensor = Text(
    zh: "本人无法被监测：请检查设备是否戴好、有电、在附近",
    en: "the person is not monitored: check that the device is worn, charged and near")
  package static let useItOnce = Text(
    zh: "请检查电池，并在网关附近使用一次", en: "check its battery, and use it once near the gateway")
  package static let callTheHome = Text(
    zh: "没有人在看护这些住户：请打电话或上门，并检查网关的电源和网络",
    en: "nobody watches over the residents: call or visit them, and check the gateway's power and network")
  package static let careForTheDevice = Text(
    zh: "请充电或更换电池；查看佩戴和操作是否正确；必要时更换设备",
    en: "charge or replace the battery; see how it is put on and used; replace the device if need be")
  package static let setTheClock = Text(zh: "请在设备上校准时间", en: "set the clock on the device")
  package static let makeRoom = Text(
    zh: "警报仍会发出；请技术员清理空间或更换磁盘", en: "alerts still go out; have the technician make room or replace the disk")
  package static let checkTheReceiver = Text(
    zh: "请检查诊所的接收端和消息服务器", en: "check the clinic's receiver and the broker")
  package static let lookAtOpenAlerts = Text(zh: "请立即查看未确认的警报", en: "look at the open alerts now")
  package static let checkTheAdapter = Text(
    zh: "收不到任何设备：请检查蓝牙适配器，拔下再插上",
    en: "no device is heard: check the adapter, unplug it and plug it in again")
  package static let readTheDigest = Text(
    zh: "请阅读，看看涉及哪些住户和设备；不用确认",
    en: "read it, and look at the residents and devices that it names; nothing is to be acknowledged")

  // MARK: the list

  package static let heading = Text(
    zh: "技术警报（网关、设备和送达情况）", en: "Technical alerts (the box, its devices, delivery)")
}
