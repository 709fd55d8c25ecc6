// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl profiles list` and `show` say.
package enum ProfileTexts {
  // MARK: help

  package static let abstract = Text(
    zh: "查看和检查设备描述，不需要 vigild。", en: "Shows and checks device profiles, without a daemon.")
  package static let listAbstract = Text(zh: "列出设备描述。", en: "Lists the device profiles.")
  package static let showAbstract = Text(
    zh: "显示一个设备描述：怎样识别设备，读什么，写什么。",
    en: "Shows one profile: how a device is recognised, what is read from it and what is written to it.")
  package static let idOption = Text(zh: "设备描述的编号，见 vigilctl profiles list。", en: "Its id, see vigilctl profiles list.")
  package static let directoriesOption = Text(zh: "设备描述文件的目录。", en: "Directories of profiles.")

  package static func noProfile(_ id: String, similar: String?) -> Text {
    guard let similar else {
      return Text(
        zh: "没有编号为 \(id) 的设备描述。查看所有编号：vigilctl profiles list",
        en: "There is no profile \(id). See which there are: vigilctl profiles list")
    }
    return Text(
      zh: "没有编号为 \(id) 的设备描述。要找的是 \(similar) 吗？查看所有编号：vigilctl profiles list",
      en: "There is no profile \(id). Did you mean \(similar)? See which there are: vigilctl profiles list")
  }

  // MARK: the table

  package static let columns = [
    Text(zh: "编号", en: "ID"), Text(zh: "名称", en: "NAME"), Text(zh: "识别方法", en: "KNOWN BY"),
    Text(zh: "依据", en: "EVIDENCE"), Text(zh: "样例", en: "TESTS"),
  ]

  /// A word for a table.
  ///
  /// - Parameter word: `simulated`; one that is not known here is shown as it is.
  package static func evidence(_ word: String) -> Text {
    switch word {
    case "simulated": Text(zh: "模拟", en: "simulated")
    case "capture-backed": Text(zh: "有实录", en: "captured")
    case "hardware-verified": Text(zh: "真机验证", en: "verified")
    default: Text(zh: word, en: word)
    }
  }

  // MARK: one profile: labels

  package static let id = Text(zh: "编号", en: "Id")
  package static let basedOn = Text(zh: "基于", en: "Based on")
  package static let evidence = Text(zh: "依据", en: "Evidence")
  package static let recognised = Text(zh: "识别方法", en: "Recognised")
  package static let hint = Text(zh: "操作提示", en: "Hint")
  package static let connection = Text(zh: "连接", en: "Connection")
  package static let clock = Text(zh: "设备时钟", en: "Clock")
  package static let memory = Text(zh: "设备存储", en: "Memory")
  package static let commands = Text(zh: "可写命令", en: "Written")
  package static let quirks = Text(zh: "特别之处", en: "Odd")
  package static let sources = Text(zh: "资料来源", en: "Sources")
  package static let file = Text(zh: "文件", en: "File")

  package static let values = Text(zh: "数值", en: "values")
  package static let besides = Text(zh: "还有", en: "besides")
  package static let facts = Text(zh: "事实", en: "facts")
  package static let statuses = Text(zh: "状态", en: "statuses")
  package static let use = Text(zh: "用途", en: "use")
  package static let vectors = Text(zh: "样例", en: "vectors")

  // MARK: one profile: sentences

  package static func meaning(ofEvidence word: String) -> Text {
    switch word {
    case "simulated":
      Text(
        zh: "模拟：依据规范或公开资料，没有用真机的数据核对过",
        en: "simulated: from a specification or a public source, never held against data of a real device")
    case "capture-backed":
      Text(zh: "有实录：能解码从真机录下的数据", en: "capture-backed: decodes octets recorded from a real device")
    case "hardware-verified":
      Text(zh: "真机验证：我们手里有这种设备", en: "hardware-verified: a device in our hands")
    default: Text(zh: word, en: word)
    }
  }

  package static let listSeparator = Text(zh: "、", en: ", ")
  package static let alternative = Text(zh: " 或 ", en: " or ")
  /// Between what must hold together.
  package static let conjunction = Text(zh: "，并且", en: "; and ")
  package static let clause = Text(zh: "，", en: "; ")
  package static let onlyABase = Text(
    zh: "不直接识别设备，只供其他描述引用", en: "no device by itself, other profiles are based on it")

  package static func service(_ list: String) -> Text { Text(zh: "服务 \(list)", en: "service \(list)") }
  package static func name(_ list: String) -> Text { Text(zh: "蓝牙名称 \(list)", en: "name \(list)") }
  package static func model(_ list: String) -> Text { Text(zh: "型号 \(list)", en: "model \(list)") }
  package static func manufacturer(_ list: String) -> Text {
    Text(zh: "广播中的厂商号 \(list)", en: "company id \(list) in the advertisement")
  }

  package static let staysConnected = Text(zh: "一直保持连接", en: "is kept connected")
  package static let leftWhenItHangsUp = Text(
    zh: "发出广播时连接，由设备断开", en: "is connected when it advertises, and hangs up by itself")
  package static func leftWhenIdle(seconds: Int) -> Text {
    Text(
      zh: "发出广播时连接，\(seconds) 秒没有数据就断开",
      en: "is connected when it advertises, and left after \(seconds) s without a value")
  }
  package static let neverConnected = Text(zh: "不连接，只听广播", en: "is never connected, its advertisements are heard")
  package static let bonds = Text(zh: "必须配对并绑定", en: "has to bond")
  package static let doesNotBond = Text(
    zh: "不支持绑定，读数的链路等级为 open", en: "does not bond: its readings have the link `open`")
  package static func users(_ count: Int) -> Text {
    Text(zh: "\(count) 个用户位", en: "\(count) user slot\(count == 1 ? "" : "s")")
  }

  /// - Parameters:
  ///   - characteristic: where the clock stands: `2A2B`.
  ///   - policy: when it is to be set, a word of the profile language.
  package static func clock(in characteristic: String, policy: String) -> Text {
    switch policy {
    case "always":
      Text(zh: "\(characteristic)，每次连接时读取并校准", en: "\(characteristic), read and set at each connection")
    case "when-off":
      Text(
        zh: "\(characteristic)，每次连接时读取，相差 2 秒以上则校准",
        en: "\(characteristic), read at each connection, and set where it is off by more than 2 s")
    default:
      Text(zh: "\(characteristic)，每次连接时读取，从不校准", en: "\(characteristic), read at each connection, never set")
    }
  }

  package static func fetched(by characteristic: String) -> Text {
    Text(zh: "连接后取回存储的读数（\(characteristic)）", en: "stored readings are fetched after connecting (\(characteristic))")
  }
  package static let sendsByItself = Text(zh: "存储的读数由设备自己发出", en: "the device sends stored readings by itself")
  package static let deletesOnRead = Text(
    zh: "读出后设备会删除它们", en: "what was read is deleted from the device")
  package static let keepsOnRead = Text(zh: "读出后设备仍保留它们", en: "what was read stays on the device")

  /// A command and when it is written.
  ///
  /// - Parameters:
  ///   - octets: in hexadecimal.
  ///   - moment: one of those below; nil where the profile itself never asks for it.
  package static func command(
    _ name: String, octets: String, to characteristic: String, moment: Text?
  ) -> Text {
    let moment = moment ?? Text(zh: "目前不用", en: "not used by itself")
    return Text(
      zh: "\(name)：向 \(characteristic) 写 \(octets)，\(moment.zh)",
      en: "\(name): \(octets) to \(characteristic), \(moment.en)")
  }
  package static let afterSubscribing = Text(zh: "订阅之后", en: "after subscribing")
  package static func each(seconds: Int) -> Text { Text(zh: "每 \(seconds) 秒一次", en: "every \(seconds) s") }
  package static func after(message: String) -> Text {
    Text(zh: "每收到一条 \(message) 之后", en: "after each message \(message)")
  }
  package static let nothingIsWritten = Text(zh: "不写任何命令", en: "no command")

  // MARK: one characteristic

  package static let isReading = Text(zh: "每个数值都是一条读数", en: "each value is a reading")
  package static let isLive = Text(zh: "实时数据，设备不存储", en: "a live stream, which the device does not store")
  package static func isSampled(seconds: Int64) -> Text {
    Text(
      zh: "实时数据，设备不存储，每 \(seconds) 秒保留一个",
      en: "a live stream, which the device does not store; one measurement in \(seconds) s is kept")
  }
  package static let isInformation = Text(zh: "供网关自己使用，不作为读数", en: "for the gateway itself, never a reading")
  package static let isHeard = Text(zh: "来自广播，不需要连接", en: "from the advertisement, without a connection")

  package static let user = Text(zh: "用户位", en: "the user slot")
  package static let sequence = Text(zh: "测量序号", en: "the number of the measurement")
  package static let time = Text(zh: "设备时间", en: "the device's time")

  /// - Parameter quality: what it lowers a measurement to; nil where it does not.
  package static func effect(of quality: String?) -> Text {
    switch quality {
    case "questionable": Text(zh: "读数存疑", en: "questionable")
    case "invalid": Text(zh: "读数无效", en: "invalid")
    default: Text(zh: "不影响", en: "no effect")
    }
  }

  /// - Parameter names: of statuses that have this effect.
  package static func statuses(_ names: String, effect quality: String?) -> Text {
    let effect = effect(of: quality)
    return Text(zh: "\(effect.zh)：\(names)", en: "\(effect.en): \(names)")
  }

  /// A kind of value, and how the device sends it.
  package static func value(_ name: String, unit: String) -> Text {
    Text(zh: "\(name)（\(unit)）", en: "\(name) (\(unit))")
  }

  /// - Parameter code: of the contract, or one that only devices send.
  package static func unit(_ code: String) -> Text {
    switch code {
    case "/min": Text(zh: "次/分", en: "/min")
    case "mm[Hg]": Text(zh: "mmHg", en: "mmHg")
    case "Cel": Text(zh: "℃", en: "°C")
    case "[degF]": Text(zh: "华氏度", en: "°F")
    case "[lb_av]": Text(zh: "磅", en: "lb")
    case "[in_i]": Text(zh: "英寸", en: "in")
    case "kg/m2": Text(zh: "千克/平方米", en: "kg/m2")
    default: Text(zh: code, en: code)
    }
  }
}
