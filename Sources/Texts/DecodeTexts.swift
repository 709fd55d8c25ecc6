// SPDX-License-Identifier: GPL-3.0-or-later

/// What `vigilctl decode` says.
package enum DecodeTexts {
  package static let abstract = Text(
    zh: "解码一个特征的数值，不需要 vigild。", en: "Decodes values of a characteristic, without a daemon.")
  package static let discussion = Text(
    zh: "数值用十六进制，写成参数，或写在标准输入中、每行一个。每个数值输出一行 JSON 对象。"
      + "有的设备把一次测量拆成几个数值，请按收到的顺序给出。",
    en:
      "Values are hexadecimal, as arguments or as lines of standard input. One JSON object a line. Some devices send a "
      + "measurement in several values: give them in the order in which they came.")
  package static let characteristic = Text(
    zh: "特征：2A35，或 128 位的 UUID。广播写成 manufacturer:0157 或 service-data:181D。",
    en: "The characteristic: 2A35, or a 128-bit UUID. Of advertisements manufacturer:0157 or service-data:181D.")
  package static let profile = Text(
    zh: "设备描述的编号；不给时用含有这个特征的那一个。", en: "The profile's id; without it, the one that has this characteristic.")
  package static let feature = Text(
    zh: "该服务的 Feature 特征的值，十六进制。", en: "The value of the service's feature characteristic, hexadecimal.")
  package static let profiles = Text(zh: "设备描述文件的目录。", en: "Directories of profiles.")
  package static let values = Text(zh: "十六进制的数值。", en: "Values in hexadecimal.")

  package static let notACharacteristic = Text(
    zh: "--characteristic 要写成 2A35 这样的编号、128 位的 UUID、manufacturer:0157 或 service-data:181D。",
    en: "--characteristic wants a number such as 2A35, a 128-bit UUID, manufacturer:0157 or service-data:181D.")
  package static let featureNotHexadecimal = Text(
    zh: "--feature 要写成十六进制，例如 0300。", en: "--feature wants hexadecimal octets, such as 0300.")
  package static let notHexadecimal = Text(
    zh: "不是十六进制的字节，应为 0048 这样的两位一组", en: "not hexadecimal octets, two digits each, such as 0048")

  package static func noProfile(_ id: String) -> Text {
    Text(
      zh: "没有编号为 \(id) 的设备描述。不写 --profile，就会自动选择。",
      en: "There is no profile \(id). Leave out --profile, and the right one is chosen.")
  }
  package static func profileLacks(_ characteristic: String, profile: String) -> Text {
    Text(
      zh: "设备描述 \(profile) 没有特征 \(characteristic)。不写 --profile，就会自动选择。",
      en: "The profile \(profile) has no characteristic \(characteristic). Leave out --profile to have one chosen.")
  }
  package static func severalHave(_ characteristic: String, profiles: String) -> Text {
    Text(
      zh: "有几个设备描述含有特征 \(characteristic)：\(profiles)。请用 --profile 选一个。",
      en: "Several profiles have the characteristic \(characteristic): \(profiles). Choose one with --profile.")
  }
  package static func noneHas(_ characteristic: String) -> Text {
    Text(
      zh: "没有设备描述含有特征 \(characteristic)。请核对编号，或用 --profiles 加上所在的目录。",
      en: "No profile has the characteristic \(characteristic). Check it, or add its directory with --profiles.")
  }
}
