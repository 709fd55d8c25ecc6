// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The medians of the hours of the last week.
struct HourMedians: Sendable, Equatable {
  /// A week's hours and some more.
  static let hoursOfKind = 200
  /// Values of an hour that are told apart: a rate or a percentage has no more. Further ones count for the nearest.
  static let valuesOfHour = 128
  static let unsavedLimit = 1024
  /// What the same hour must have been seen on, or all hours together.
  static let leastDays = 3

  private(set) var kinds = KindSet()
  private var open: [OpenHour] = []
  private var closed: [Baseline.Hour] = []
  private var unsaved: [Baseline.Hour] = []
  private var medians: [Median] = []
  /// The hour that ``medians`` are for; nil after a change.
  private var hourOfMedians: Int?

  private struct OpenHour: Sendable, Equatable {
    let kind: ObservationKind
    let day: Int
    let hour: Int
    /// Each value once, in order, with how often it came.
    var values: [Counted] = []

    mutating func add(_ number: ExactDecimal) {
      var (low, high) = (0, values.count)
      while low < high {
        let middle = (low + high) / 2
        if values[middle].number < number { low = middle + 1 } else { high = middle }
      }
      if low < values.count, values[low].number == number {
        values[low].count += 1
      } else if values.count < HourMedians.valuesOfHour {
        values.insert(Counted(number: number, count: 1), at: low)
      } else {
        values[Swift.min(low, values.count - 1)].count += 1
      }
    }

    var count: Int { values.reduce(0) { $0 + $1.count } }

    var median: ExactDecimal? {
      let count = count
      return [value(at: (count - 1) / 2), value(at: count / 2)].compactMap { $0 }.median
    }

    private func value(at place: Int) -> ExactDecimal? {
      var before = 0
      for value in values {
        before += value.count
        if place < before { return value.number }
      }
      return nil
    }
  }

  private struct Counted: Sendable, Equatable {
    let number: ExactDecimal
    var count: Int
  }

  private struct Median: Sendable, Equatable {
    let kind: ObservationKind
    let value: ExactDecimal
  }

  var count: Int { closed.count + unsaved.count + open.reduce(0) { $0 + $1.values.count } }

  /// Values of the present hour.
  mutating func note(_ values: [Quantity], at now: LocalTime) {
    for value in values where kinds.contains(value.kind) {
      guard case .number(let number) = value.content else { continue }
      if let index = open.firstIndex(where: { $0.kind == value.kind }) {
        open[index].add(number)
      } else {
        var new = OpenHour(kind: value.kind, day: now.day, hour: now.hour)
        new.add(number)
        open.append(new)
      }
    }
  }

  /// A reading of an hour that is over: it is that hour's median where there is no other.
  mutating func noteStray(_ values: [Quantity], at local: LocalTime, now: LocalTime) {
    guard Self.week(of: now).contains(local.day) || local.day == now.day else { return }
    for value in values where kinds.contains(value.kind) {
      guard let number = value.number else { continue }
      insert(
        Baseline.Hour(kind: value.kind, day: local.day, hour: local.hour, median: number, count: 1), isNew: true)
    }
  }

  /// Another minute: closes hours that are over, and finds the medians that count from now on.
  mutating func turn(to now: LocalTime?, kinds: KindSet) {
    if self.kinds != kinds { hourOfMedians = nil }
    self.kinds = kinds
    guard let now else {
      medians = []
      hourOfMedians = nil
      return
    }
    if hourOfMedians == now.day * 24 + now.hour { return }
    for hour in open where hour.day != now.day || hour.hour != now.hour {
      guard let median = hour.median else { continue }
      insert(
        Baseline.Hour(kind: hour.kind, day: hour.day, hour: hour.hour, median: median, count: hour.count),
        isNew: true)
    }
    open.removeAll { $0.day != now.day || $0.hour != now.hour }
    refresh(at: now)
  }

  mutating func takeClosed() -> [Baseline.Hour] {
    defer { unsaved = [] }
    return unsaved
  }

  mutating func restore(_ hours: [Baseline.Hour]) { for hour in hours { insert(hour, isNew: false) } }

  /// Finds the medians that count at this hour.
  mutating func refresh(at now: LocalTime) {
    hourOfMedians = now.day * 24 + now.hour
    medians = ObservationKind.allCases.compactMap { kind in
      guard kinds.contains(kind), let value = found(kind, now) else { return nil }
      return Median(kind: kind, value: value)
    }
  }

  func median(of kind: ObservationKind) -> ExactDecimal? { medians.first { $0.kind == kind }?.value }

  private func found(_ kind: ObservationKind, _ now: LocalTime) -> ExactDecimal? {
    let week = closed.filter { $0.kind == kind && Self.week(of: now).contains($0.day) }
    let sameHour = week.filter { $0.hour == now.hour }
    if sameHour.count >= Self.leastDays { return sameHour.map(\.median).median }
    return Set(week.map(\.day)).count >= Self.leastDays ? week.map(\.median).median : nil
  }

  /// The 7 full days before this one.
  private static func week(of now: LocalTime) -> Range<Int> { now.day - 7..<now.day }

  private mutating func insert(_ new: Baseline.Hour, isNew: Bool) {
    if let index = closed.firstIndex(where: { $0.kind == new.kind && $0.day == new.day && $0.hour == new.hour }) {
      guard closed[index].count < new.count else { return }
      closed[index] = new
    } else {
      let ofKind = closed.indices.filter { closed[$0].kind == new.kind }
      if ofKind.count >= Self.hoursOfKind,
        let oldest = ofKind.min(by: { (closed[$0].day, closed[$0].hour) < (closed[$1].day, closed[$1].hour) })
      {
        closed.remove(at: oldest)
      }
      closed.append(new)
    }
    hourOfMedians = nil
    guard isNew else { return }
    if unsaved.count >= Self.unsavedLimit { unsaved.removeFirst() }
    unsaved.append(new)
  }
}
