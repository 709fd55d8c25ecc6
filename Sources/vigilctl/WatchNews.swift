// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials
import Gateway
import Texts
import Vitals

/// A line of `Watch`, as far as it is shown; one of these is there.
struct WatchNews: Decodable {
  var state: HealthBrief?
  var reading: WatchReading?
  var alert: WatchAlert?
  var missed: Int?

  /// - Returns: nil for what cannot be read, which a newer daemon may say.
  init?(line: String) {
    guard let news = try? JSONDecoder().decode(WatchNews.self, from: Data(line.utf8)) else { return nil }
    self = news
  }
}

/// What is shown of a reading. The keys are those of `vigil.reading/1`.
struct WatchReading: Decodable {
  struct Device: Decodable {
    let id: String
    let model: String
  }

  struct Value: Decodable {
    let kind: String
    let value: Double?
    let unit: String?
  }

  struct Clock: Decodable {
    /// When it arrived, on this machine's clock since boot.
    let monotonicMs: Int64
  }

  let resident: String
  let device: Device
  /// The device's own number of the user.
  let user: Int?
  let clock: Clock
  let purpose: String
  let observedAt: String?
  let receivedAt: String?
  let age: String
  let quality: String
  let values: [Value]

  /// One kind of value in it; the two blood pressures are one.
  struct Item: Equatable {
    let kind: String
    /// `142/91 mmHg`
    let now: Text
    /// For the trend, nil where there is none.
    let number: Double?

    /// What it is called.
    var name: Text {
      kind == "blood-pressure" ? WatchTexts.bloodPressure : KindNames.name(ofKind: kind) ?? Text(zh: kind, en: kind)
    }
  }

  /// Of several values of a kind, the R-R intervals of a second say, the last one.
  var items: [Item] {
    let last = Dictionary(values.map { ($0.kind, $0) }, uniquingKeysWith: { $1 })
    var items: [Item] = []
    for value in values where !items.contains(where: { $0.kind == value.kind }) {
      let value = last[value.kind] ?? value
      switch value.kind {
      case "systolic" where last["diastolic"] != nil:
        let both = [value.value, last["diastolic"]?.value].map { $0.map(Self.text) ?? "-" }.joined(separator: "/")
        let isThere = value.value != nil || last["diastolic"]?.value != nil
        items.append(
          Item(
            kind: "blood-pressure", now: isThere ? Self.text(both, unit: "mm[Hg]") : WatchTexts.noValue,
            number: value.value))
      case "diastolic" where last["systolic"] != nil: continue
      default:
        items.append(
          Item(
            kind: value.kind,
            now: value.value.map { Self.text(Self.text($0), unit: value.unit ?? "") } ?? WatchTexts.noValue,
            number: value.value))
      }
    }
    return items
  }

  /// `test`, `user 2`, `doubtful`: why it is not to be taken as it is.
  var marks: [Text] {
    (purpose == "commissioning" ? [WatchTexts.test] : [])
      + (resident == ResidentID.unassigned.description ? [AssignTexts.user(user)] : [])
      + (WatchTexts.quality(quality).map { [$0] } ?? [])
  }

  private static func text(_ number: String, unit: String) -> Text {
    let suffix = unit.isEmpty ? Text(zh: "", en: "") : KindNames.suffix(ofUnit: unit)
    return Text(zh: number + suffix.zh, en: number + suffix.en)
  }

  /// The shortest digits that are the number, which are the device's.
  private static func text(_ number: Double) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

/// What is shown of an alert. The keys are those of `vigil.alert/1`.
struct WatchAlert: Decodable, Equatable {
  let alert: String
  let version: Int
  let resident: String
  let rule: String
  let state: String
  let priority: String
  let raisedAt: String?
  let text: [String: String]

  /// The daemon's words in a language, or in any that there is.
  func words(in language: Language) -> String {
    text[language.rawValue] ?? text[Language.en.rawValue] ?? text.values.sorted().first ?? ""
  }
}
