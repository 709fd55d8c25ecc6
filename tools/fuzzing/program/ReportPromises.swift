// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import FoundationEssentials
import Vitals

/// The line that `vigilctl decode` writes: JSON that says what was decoded, no more and no less.
enum ReportPromises {
  /// A further measurement in it has the same keys, and not those that hold for the line.
  private struct Line: Decodable {
    struct Value: Decodable, Equatable {
      let kind: String
      let value: Decimal?
      let unit: String?
      let absent: String?
    }
    struct Failure: Decodable {
      let reason: String
      let offset: Int
      let detail: String
    }
    let ok: Bool?
    let characteristic: String?
    let message: String?
    let user: Int?
    let sequence: Int?
    let deviceTime: String?
    let quality: String?
    let status: [String]?
    let values: [Value]?
    let facts: [String: FactValue]?
    let notes: [String]?
    let more: [Line]?
    let error: Failure?
  }

  private enum FactValue: Decodable, Equatable {
    case text(String)
    case number(Decimal)
    case list([String])
    case none

    init(from decoder: any Swift.Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .none
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let list = try? container.decode([String].self) {
        self = .list(list)
      } else {
        self = .number(try container.decode(Decimal.self))
      }
    }

    init(_ value: Fact.Value) {
      switch value {
      case .text(let text): self = .text(text)
      case .list(let names): self = .list(names)
      case .number(let number):
        self = ReportPromises.decimal(number).map { .number($0) } ?? .none
      }
    }
  }

  /// - Parameter measurements: all that one value gave.
  static func check(_ report: String, _ measurements: [Measurement]) {
    guard let line = parse(report) else { return hold(false, "a report is JSON: \(report)") }
    guard let first = measurements.first else {
      return hold(line.ok == true && line.values == [] && line.notes?.isEmpty == false, "a report of nothing says so")
    }
    hold(line.ok == true && line.error == nil, "a measurement's report is ok")
    hold(line.characteristic == first.characteristic, "the characteristic reads back")
    check(line, first)
    let more = line.more ?? []
    hold(more.count == measurements.count - 1, "every measurement is in the report")
    for (line, measurement) in zip(more, measurements.dropFirst()) { check(line, measurement) }
  }

  private static func check(_ line: Line, _ measurement: Measurement) {
    hold(line.user == measurement.user && line.quality == measurement.quality.rawValue, "user and quality read back")
    hold(line.sequence == measurement.sequence && line.message == measurement.message, "number and message read back")
    hold(line.deviceTime == measurement.deviceTime?.description, "the device's time reads back")
    hold(line.deviceTime.map { CivilTime($0) == measurement.deviceTime } ?? true, "a time's text is that time")
    // Behind the first one's own notes stand those of the whole.
    hold(line.status == measurement.status, "the status reads back")
    hold((line.notes ?? []).starts(with: measurement.notes), "the notes read back")
    let facts = measurement.facts.map { ($0.key, FactValue($0.value)) }
    hold((line.facts ?? [:]) == Dictionary(facts, uniquingKeysWith: { $1 }), "the facts read back")
    let values = line.values ?? []
    hold(values.map(\.kind) == measurement.values.map(\.kind.rawValue), "the values' kinds read back")
    for (read, written) in zip(values, measurement.values) { check(read, written) }
  }

  static func check(_ report: String, error: DecodeError) {
    guard let line = parse(report) else { return hold(false, "an error's report is JSON: \(report)") }
    hold(line.ok == false && line.values == nil, "an error's report is not ok")
    hold(line.error?.reason == error.reason.rawValue && line.error?.offset == error.offset, "an error reads back")
    hold(line.error?.detail == error.detail, "an error's detail reads back")
  }

  private static func check(_ read: Line.Value, _ written: Quantity) {
    switch written.content {
    case .absent(let reason):
      hold(read.absent == reason.rawValue && read.value == nil, "an absent value reads back as absent")
    case .number(let number):
      NumberPromises.check(text: number)
      // A number that JSON's reader cannot hold is reported as one that cannot be expressed.
      if read.absent == AbsentReason.nres.rawValue { return hold(number.exponent > 100, "only a huge one is left out") }
      hold(read.value == decimal(number), "the number \(number) reads back equal")
      hold(read.unit == written.kind.unit.rawValue, "a number has its kind's unit")
    }
  }

  /// Nil for a number that is left out, because many readers of JSON take none so large.
  private static func decimal(_ number: ExactDecimal) -> Decimal? {
    number.exponent > 127 ? nil : Decimal(string: number.description)
  }

  private static func parse(_ report: String) -> Line? {
    do {
      return try JSONDecoder().decode(Line.self, from: Data(report.utf8))
    } catch {
      FileHandles.say("\(error)")
      return nil
    }
  }
}
