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

  /// - Parameter users: their numbers, and whose the readings are.
  package static func users(_ users: [(user: Int, resident: String)]) -> Text {
    Text(
      zh: (users.map { "用户 \($0.user)：\($0.resident)" } + ["其余：无人"]).joined(separator: "，"),
      en: (users.map { "user \($0.user): \($0.resident)" } + ["others: nobody"]).joined(separator: ", "))
  }

  /// Of a reading that is nobody's.
  ///
  /// - Parameter user: nil where the device did not say.
  package static func user(_ user: Int?) -> Text {
    user.map { Text(zh: "用户 \($0)", en: "user \($0)") } ?? Text(zh: "未知用户", en: "unknown user")
  }
}
