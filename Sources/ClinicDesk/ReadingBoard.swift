// SPDX-License-Identifier: GPL-3.0-or-later
import Texts

/// The latest values of each device of each resident, for a screen. It is no record: that is the ledger's affair.
package struct ReadingBoard: Sendable {
  package struct Key: Hashable, Sendable {
    package let gateway: String
    package let resident: String
    package let device: String
    package let kind: String
  }

  package struct Point: Sendable, Equatable {
    package let value: Double
    /// Of a summary, see ``ReadingMessage/Value/range``.
    package let range: ClosedRange<Double>?
    package let isQuestionable: Bool
    let arrival: ReadingMessage.Arrival?
    let reading: String
    let revision: Int64
    let epoch: String
    let seq: Int64

    /// Where the gateway says when both came, that is the order: samples around an alert are sent before the summary of
    /// their minute or after one that is later. Otherwise within an epoch the numbers say what came first, and another
    /// epoch's values are put behind.
    func isBefore(_ other: Point) -> Bool {
      guard epoch == other.epoch else { return true }
      guard let mine = arrival, let others = other.arrival, mine.boot == others.boot else { return seq < other.seq }
      return mine.monotonicMs == others.monotonicMs ? seq < other.seq : mine.monotonicMs < others.monotonicMs
    }
  }

  /// One kind of value of one device.
  package struct Series: Sendable {
    package let key: Key
    package fileprivate(set) var unit: String
    /// In the order in which the gateway received them, the latest last; never empty.
    package fileprivate(set) var points: [Point]
    /// When the latest of them came.
    package fileprivate(set) var heard: DeskMoment
  }

  private let seriesLimit: Int
  private let historyLimit: Int
  private var known: [Key: Series] = [:]

  init(seriesLimit: Int, historyLimit: Int) {
    self.seriesLimit = max(1, seriesLimit)
    self.historyLimit = max(1, historyLimit)
  }

  /// The series that were heard last come first.
  package var series: [Series] {
    known.values.sorted { one, other in
      one.heard.monotonicMs == other.heard.monotonicMs
        ? Self.order(one.key) < Self.order(other.key) : one.heard.monotonicMs > other.heard.monotonicMs
    }
  }

  private static func order(_ key: Key) -> (String, String, String, String) {
    (key.gateway, key.resident, key.device, key.kind)
  }

  mutating func hear(_ message: ReadingMessage, from gateway: String, at moment: DeskMoment) {
    guard message.isToBeShown else { return }
    // A kind that is not known here has no name and no place.
    for value in message.values where KindNames.name(ofKind: value.kind) != nil {
      let key = Key(gateway: gateway, resident: message.resident, device: message.device, kind: value.kind)
      let point = Point(
        value: value.value, range: value.range, isQuestionable: message.isQuestionable, arrival: message.arrival,
        reading: message.reading, revision: message.revision, epoch: message.epoch, seq: message.seq)
      if message.isEnteredInError {
        takeBack(point, from: key)
      } else {
        put(point, into: key, unit: value.unit, at: moment)
      }
    }
  }

  private mutating func put(_ point: Point, into key: Key, unit: String, at moment: DeskMoment) {
    guard var series = known[key] else {
      if known.count >= seriesLimit,
        let oldest = known.values.min(by: { $0.heard.monotonicMs < $1.heard.monotonicMs })
      {
        known[oldest.key] = nil
      }
      known[key] = Series(key: key, unit: unit, points: [point], heard: moment)
      return
    }
    if let index = series.points.firstIndex(where: { $0.reading == point.reading }) {
      guard point.revision > series.points[index].revision else { return }
      series.points.remove(at: index)
    }
    let place = series.points.lastIndex { $0.isBefore(point) }.map { $0 + 1 } ?? 0
    series.points.insert(point, at: place)
    if place == series.points.count - 1 { (series.heard, series.unit) = (moment, unit) }
    if series.points.count > historyLimit { series.points.removeFirst(series.points.count - historyLimit) }
    known[key] = series
  }

  private mutating func takeBack(_ point: Point, from key: Key) {
    guard var series = known[key] else { return }
    series.points.removeAll { $0.reading == point.reading && $0.revision <= point.revision }
    known[key] = series.points.isEmpty ? nil : series
  }
}
