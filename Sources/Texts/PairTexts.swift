// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl pair` and `vigilctl forget` say.
package enum PairTexts {
  // MARK: help

  package static let abstract = Text(
    zh: "与设备配对，试测一次，登记给住户。", en: "Pairs with a device, tries it out and enrols it for a resident.")
  package static let discussion = Text(
    zh: """
      配对后请当场测量一次：网关显示收到的数值，并说明消息服务器是否已收到。\
      您确认之前，读数只算调试数据，不会报警。在那之前以任何方式结束\
      （包括 Ctrl-C），配对和登记都不会留下。
      配对码等回答在终端上输入，或逐行写到标准输入，从不写在命令行上。
      有的设备一读出存储的读数就会删除：读取之前会先问您。
      """,
    en: """
      Take a measurement once it is paired: the value that arrived is shown, and whether the broker has it. Until you \
      confirm it readings are for commissioning only and never alert. Whatever ends it before that, Ctrl-C too, leaves \
      neither a bond nor an enrolment.
      Digits and answers are typed on the terminal or are lines of standard input, never arguments.
      A device that deletes what was read from it is read only if you agree.
      """)
  package static let addressHelp = Text(
    zh: "设备的蓝牙地址：F5:F1:F2:F3:F4:01", en: "The device's Bluetooth address, F5:F1:F2:F3:F4:01.")
  package static let residentHelp = Text(
    zh: "诊所发放的住户编号。", en: "The resident's id, as the clinic issued it.")
  package static let yesHelp = Text(
    zh: "数字比对和数值确认都回答“是”。", en: "Answers yes to the comparison of digits and to the value.")
  package static let withoutReadingHelp = Text(
    zh: "不试测，配对后立即登记。", en: "Enrols at once, without a test reading.")

  package static let takeMemoryHelp = Text(
    zh: "读出后即删除存储读数的设备：同意由网关接收。不在终端上时必须写明。",
    en: "Takes over what a device deletes once it was read; needed where there is no terminal to ask on.")

  package static let forgetAbstract = Text(
    zh: "从网关移除设备，并删除配对。", en: "Removes a device from this gateway, with its bond.")
  package static let forgetDiscussion = Text(
    zh: "已经收到的读数会保留，并继续送达。", en: "What it sent before stays, and is still delivered.")
  package static let forgetHelp = Text(
    zh: "设备编号（d-2）或蓝牙地址。", en: "The device's id (d-2) or its address.")
  package static func forgotten(device: String) -> Text {
    Text(zh: "已移除 \(device)。", en: "\(device) is forgotten.")
  }

  // MARK: how far it is

  package static func searching(address: String) -> Text {
    Text(
      zh: "正在查找 \(address)……请打开设备，或开始一次测量。",
      en: "Looking for \(address). Switch it on, or start a measurement.")
  }
  package static func found(name: String) -> Text { Text(zh: "找到了：\(name)", en: "Found: \(name)") }
  package static let pairing = Text(zh: "正在配对……", en: "Pairing …")
  package static let bonded = Text(zh: "已配对，正在读取设备信息……", en: "Paired. Finding out what it is …")
  package static let examining = Text(zh: "正在连接，查看是什么设备……", en: "Connecting, to see what it is …")
  package static let connecting = Text(
    zh: "这种设备不需要配对，正在连接……", en: "This kind of device does not pair. Connecting …")
  package static let listening = Text(
    zh: "这种设备只发广播，不用连接，网关接收它的广播。", en: "This kind of device only advertises: it is listened to, not connected.")
  package static let serial = Text(zh: "序列号", en: "serial number")
  package static let model = Text(zh: "型号", en: "model")
  package static let manufacturer = Text(zh: "厂商", en: "manufacturer")
  package static func measure(minutes: Int) -> Text {
    Text(
      zh: "请现在测量一次（\(minutes) 分钟内）。收到的数值会显示在这里。",
      en: "Take a measurement now, within \(minutes) min. What arrives is shown here.")
  }
  package static let stored = Text(
    zh: "收到的是设备里存的旧数据，不算。请现在测量一次。",
    en: "That was an old measurement from its memory. Please take a new one.")
  package static let unusable = Text(
    zh: "设备有回应，但没有可用的数值。请戴好后再测一次。",
    en: "It answers, but without a usable value. Put it on properly, measure again.")
  package static let deviceClock = Text(zh: "设备时钟", en: "device's clock")
  package static let delivered = Text(
    zh: "消息服务器已收到这次读数。", en: "The clinic's broker has this reading.")
  package static let brokerAway = Text(
    zh: "连不上消息服务器：读数已存在网关，恢复后会自动补送。",
    en: "The broker is away: the reading is kept here and follows by itself.")
  package static let refused = Text(
    zh: "消息服务器拒收这次读数：请让诊所检查这个网关的写入权限。读数已存在网关。",
    en: "The broker refuses this reading: ask the clinic to check this gateway's right to write. It is kept here.")
  package static let deliveredLater = Text(
    zh: "消息服务器还没有收到：前面还有数据在排队，之后会自动送达。",
    en: "The broker does not have it yet: others are before it. It follows by itself.")
  package static func enrolled(device: String, resident: String, kinds: String) -> Text {
    Text(
      zh: "完成：\(device) 已登记给 \(resident)（\(kinds)）。",
      en: "Done: \(device) is enrolled for \(resident) (\(kinds)).")
  }
  package static let listComma = Text(zh: "、", en: ", ")

  // MARK: questions

  package static let askPasskey = Text(
    zh: "请在 30 秒内输入设备上显示的六位数字：", en: "Type the six digits that the device shows, within 30 s:")
  package static func askConfirmation(digits: String) -> Text {
    Text(zh: "设备上显示的是 \(digits) 吗？[是/否 或 y/n]", en: "Does the device show \(digits)? [y/n]")
  }
  package static let askValue = Text(
    zh: "这个数值对吗？确实是本人刚才测的吗？[是/否 或 y/n]",
    en: "Is this value right, and from this person just now? [y/n]")
  package static let askMemory = Text(
    zh: "这个设备存储的读数一经读出，设备就会删除。守望会保存它们，\n手机应用以后看不到它们了。由网关接收吗？[y/N，直接回车为“否”]",
    en:
      "This device deletes its stored readings once they were read. Vigil keeps them.\nPhone apps will not see them any more. Take them over? [y/N]"
  )
  /// What a person answers, in either language and lower case.
  ///
  /// - Returns: nil for neither yes nor no.
  package static func answer(_ word: String) -> Bool? {
    switch word {
    case "y", "yes", "是", "是的", "对": true
    case "n", "no", "否", "不", "不是", "不对": false
    default: nil
    }
  }

  package static let cancelling = Text(zh: "正在撤销，请稍等……", en: "Undoing it, one moment …")
}
