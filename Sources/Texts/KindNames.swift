// SPDX-License-Identifier: GPL-3.0-or-later

/// What kinds of values and their units are called.
package enum KindNames {
  /// - Parameter kind: an observation kind of the contract, `heart-rate`.
  /// - Returns: nil for one that is not known here.
  package static func name(ofKind kind: String) -> Text? { names[kind] }

  /// A unit as it stands behind a number, with the space before it where there is one.
  ///
  /// - Parameter unit: UCUM, `mm[Hg]`.
  package static func suffix(ofUnit unit: String) -> Text {
    switch unit {
    case "%": Text(zh: "%", en: " %")
    case "/min": Text(zh: " 次/分", en: " /min")
    case "mm[Hg]": Text(zh: " mmHg", en: " mmHg")
    case "Cel": Text(zh: " ℃", en: " °C")
    default: Text(zh: " " + unit, en: " " + unit)
    }
  }

  private static let names: [String: Text] = [
    "heart-rate": Text(zh: "心率", en: "heart rate"),
    "rr-interval": Text(zh: "R-R 间期", en: "R-R interval"),
    "energy-expended": Text(zh: "消耗能量", en: "energy expended"),
    "systolic": Text(zh: "收缩压", en: "systolic pressure"),
    "diastolic": Text(zh: "舒张压", en: "diastolic pressure"),
    "mean-arterial": Text(zh: "平均压", en: "mean arterial pressure"),
    "cuff-pressure": Text(zh: "袖带压", en: "cuff pressure"),
    "pulse-rate": Text(zh: "脉率", en: "pulse rate"),
    "spo2": Text(zh: "血氧", en: "SpO2"),
    "spo2-fast": Text(zh: "血氧（快）", en: "SpO2 fast"),
    "spo2-slow": Text(zh: "血氧（慢）", en: "SpO2 slow"),
    "pulse-rate-fast": Text(zh: "脉率（快）", en: "pulse rate fast"),
    "pulse-rate-slow": Text(zh: "脉率（慢）", en: "pulse rate slow"),
    "pulse-amplitude-index": Text(zh: "灌注指数", en: "pulse amplitude index"),
    "body-temperature": Text(zh: "体温", en: "body temperature"),
    "body-weight": Text(zh: "体重", en: "body weight"),
    "bmi": Text(zh: "体质指数", en: "body mass index"),
    "body-height": Text(zh: "身高", en: "body height"),
    "glucose": Text(zh: "血糖", en: "glucose"),
    "battery": Text(zh: "电量", en: "battery"),
  ]
}
