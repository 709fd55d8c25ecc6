// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl assign` says, and what is said of a device that several people share.
package enum AssignTexts {
  package static let abstract = Text(
    zh: "指定共用设备上每个用户的读数归谁。", en: "Says whose the readings of a shared device's user are.")
  package static let discussion = Text(
    zh: """
      血压计、体重秤等多人共用的设备会随读数发送用户号。第一次指定之后，\
      没有指定的用户、未知用户和没有用户号的读数不归任何人，也不报警，照常送达诊所；\
      以前收到的读数不变。要恢复成只归一人，请移除设备后重新配对。
      """,
    en: """
      A cuff or a scale that several people share sends a number of the user with each reading. From the first assignment \
      on, readings of any other user, of an unknown one or without a number are nobody's: they raise no alert, and the \
      clinic gets them all the same. What came before stays as it is. To make the device one person's again, forget it \
      and pair it anew.
      """)
  package static let userHelp = Text(
    zh: "设备发送的用户号，0 到 254；vigilctl watch 会显示。",
    en: "The user's number as the device sends it, 0 to 254; vigilctl watch shows it.")
  package static let residentHelp = Text(
    zh: "这些读数归谁：诊所发放的住户编号。", en: "Whose they are: the resident's id, as the clinic issued it.")
  package static let nobodyHelp = Text(zh: "取消指定，读数不归任何人。", en: "Takes it back: they are nobody's.")
  package static let consentHelp = Text(
    zh: "设备要凭四位授权码才发送这个用户的数据：运行后输入。",
    en: "Asks for the consent code, four digits, for which the device gives this user's data.")
  package static let codePrompt = Text(zh: "四位授权码（输入时不显示）：", en: "Consent code, four digits (not shown):")
  package static let notACode = Text(
    zh: "这不是授权码。请输入设备或其应用显示的四位数字，例如 0042 这样的形式。",
    en: "That is not a consent code. Type the four digits that the device or its app shows, of the form 0042.")
  package static let consentOfNobody = Text(
    zh: "--consent 只能与 --resident 一起使用；--nobody 会同时删除授权码。",
    en: "--consent goes with --resident only; --nobody drops the code.")
  package static let consentKept = Text(
    zh: "授权码已保存，从下次连接开始使用。", en: "The consent code is kept and is used from the next connection on.")
  package static let residentOrNobody = Text(
    zh: "请写 --resident 住户编号 或 --nobody，两者之一。", en: "Say either --resident ID or --nobody.")
  package static let notAUser = Text(
    zh: "这不是用户号。请写 0 到 254 的整数；255 表示未知用户，不能指定。",
    en: "That is not a user's number. Use 0 to 254; 255 stands for an unknown user and cannot be assigned.")
  package static let notShared = Text(
    zh: "这个设备没有指定过用户，所有读数都归同一位住户。请先指定：vigilctl assign 设备 --user 用户号 --resident 住户编号",
    en:
      "No user of this device was ever assigned: all its readings are one resident's. Assign one first: vigilctl assign DEVICE --user N --resident ID"
  )

  package static func assigned(device: String, user: Int, resident: String?) -> Text {
    Text(
      zh: resident.map { "\(device) 用户 \(user) 今后的读数归 \($0)。" } ?? "\(device) 用户 \(user) 今后的读数不归任何人。",
      en: "From now on the readings of user \(user) of \(device) are \(resident ?? "nobody")'s.")
  }

  // MARK: in lists

  /// Instead of a resident.
  package static let byUser = Text(zh: "按用户", en: "by user")

  /// - Parameter users: their numbers, whose the readings are, and whether a consent code is kept.
  package static func users(_ users: [(user: Int, resident: String, hasConsent: Bool)]) -> Text {
    Text(
      zh: (users.map { "用户 \($0.user)：\($0.resident)" + ($0.hasConsent ? "（有授权码）" : "") } + ["其余：无人"])
        .joined(separator: "，"),
      en: (users.map { "user \($0.user): \($0.resident)" + ($0.hasConsent ? " (with a code)" : "") }
        + ["others: nobody"]).joined(separator: ", "))
  }

  package static func consentRefused(device: String, user: Int, resident: String) -> Text {
    let command = "vigilctl assign \(device) --user \(user) --resident \(resident) --consent"
    return Text(
      zh: "设备拒绝用户 \(user) 的授权码，不发送其数据。请重新指定：\(command)",
      en: "its user \(user) refuses the consent code: assign it anew with \(command)")
  }

  package static func consentUnanswered(user: Int) -> Text {
    Text(
      zh: "设备没有回应用户 \(user) 的授权码，下次连接时再试",
      en: "its user \(user) does not answer the consent code: it is tried again at the next connection")
  }

  /// Of a reading that is nobody's.
  ///
  /// - Parameter user: nil where the device did not say.
  package static func user(_ user: Int?) -> Text {
    user.map { Text(zh: "用户 \($0)", en: "user \($0)") } ?? Text(zh: "未知用户", en: "unknown user")
  }
}
