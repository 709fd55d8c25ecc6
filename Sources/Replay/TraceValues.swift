// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// The values of a reading.
enum TraceValues {
  private static let most = 64

  /// - Parameter ignoresUnknown: a newer gateway's message may have kinds and keys that are not known here; in a line that
  ///   somebody wrote it is a mistake.
  static func read(_ json: JSON?, ignoresUnknown: Bool) throws(TraceProblem) -> [Quantity] {
    guard let list = json?.list, list.count <= most else { throw TraceReader.wrong("values") }
    var values: [Quantity] = []
    values.reserveCapacity(list.count)
    for item in list {
      if !ignoresUnknown { try KnownKeys.value.check(item, "values") }
      guard let word = item["kind"]?.text else { throw TraceReader.wrong("values") }
      guard let kind = ObservationKind(rawValue: word) else {
        if ignoresUnknown { continue }
        throw TraceProblem(ReplayTexts.unknownKind(word))
      }
      if let unit = item["unit"], unit.text != kind.unit.rawValue {
        throw TraceProblem(ReplayTexts.otherUnit(word, unit: kind.unit.rawValue))
      }
      values.append(Quantity(kind, try content(item)))
    }
    return values
  }

  private static func content(_ item: JSON) throws(TraceProblem) -> Quantity.Content {
    if let number = item["value"]?.number { return .number(number) }
    guard item["value"] ?? .null == .null, let reason = item["absent"]?.text.flatMap(AbsentReason.init) else {
      throw TraceReader.wrong("values")
    }
    return .absent(reason)
  }
}
