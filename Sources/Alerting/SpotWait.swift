// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Offending spot readings of a rule that wait for a second one.
struct SpotWait: Sendable, Equatable {
  static let limit = 8

  struct Reading: Sendable, Equatable {
    let evidence: Evidence
    let at: Int64
    let isClean: Bool
    let link: LinkSecurity
    /// The conditions that it offends.
    var offends: UInt64
  }

  /// The oldest first, each once.
  private(set) var readings: [Reading] = []

  /// One more offending reading. It confirms if it is clean, by one that came over a link that is no better and is not far
  /// out on the other side.
  ///
  /// - Parameters:
  ///   - isQualified: the device calls it so good that it needs no second one.
  ///   - mayBegin: otherwise it is only kept.
  mutating func take(
    _ new: Reading, _ second: Rule.Second, sides: RuleTable.Sides, guardsLink: Bool, isQualified: Bool, mayBegin: Bool
  ) -> Proof? {
    let longest = max(second.within, second.unconfirmedAfter ?? 0)
    readings.removeAll { new.at - $0.at > longest }
    if new.isClean, mayBegin {
      let open = readings.filter {
        (!guardsLink || $0.link <= new.link) && !sides.contradict($0.offends, new.offends)
      }
      let first = open.first { (second.apart...max(second.apart, second.within)).contains(new.at - $0.at) }
      if let first = first ?? (isQualified ? open.first ?? new : nil) {
        return Proof(first.evidence, new.evidence, link: max(first.link, new.link))
      }
    }
    keep(new)
    return nil
  }

  private mutating func keep(_ new: Reading) {
    if readings.count >= Self.limit {
      // What came over a worse link pushes nothing out, and the first stays.
      guard let index = readings.indices.dropFirst().last(where: { readings[$0].link <= new.link }) else { return }
      readings.remove(at: index)
    }
    readings.append(new)
  }

  /// A clean reading that does not offend: it ends what it speaks of, unless that came over a better link, or is surely of
  /// now while this one may be of long ago.
  mutating func end(_ grade: RuleTable.Grade, link: LinkSecurity, age: Age, guardsLink: Bool) {
    readings.removeAll {
      grade.denies($0.offends) && (!guardsLink || $0.link <= link) && age.speaks(against: $0.evidence.age)
    }
  }

  /// Takes out those whose time is over.
  /// - Returns: a clean one that is to alert although nobody confirmed it.
  mutating func lapse(at elapsed: Int64, _ second: Rule.Second) -> Proof? {
    guard let wait = second.unconfirmedAfter else {
      readings.removeAll { elapsed - $0.at > second.within }
      return nil
    }
    let crisis = readings.first { $0.isClean && elapsed - $0.at >= wait }
    readings.removeAll { elapsed - $0.at >= wait }
    return crisis.map { Proof($0.evidence, link: $0.link, isUnconfirmed: true) }
  }

  /// When ``lapse(at:_:)`` has something to do.
  func due(_ second: Rule.Second) -> Int64 {
    guard let oldest = readings.first else { return .max }
    return oldest.at.later(by: second.unconfirmedAfter ?? second.within.later(by: 1))
  }

  /// The rule has changed: keeps those that offend it still.
  mutating func regrade(_ grade: (Evidence) -> RuleTable.Grade) {
    for index in readings.indices { readings[index].offends = grade(readings[index].evidence).offends }
    readings.removeAll { $0.offends == 0 }
  }
}

extension Age {
  /// Whether a reading of this age says that what one of the other age showed is over: one of unknown age, a cuff's memory
  /// with an unset clock, may be of long before.
  func speaks(against other: Age) -> Bool { self != .unknown || other == .unknown }
}

extension [Evidence] {
  /// Fresh if any of them is.
  var age: Age { contains { $0.age == .fresh } ? .fresh : .unknown }
}

extension Int64 {
  /// The difference, or the beginning of time.
  func earlier(by milliseconds: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(milliseconds)
    return overflow ? .min : difference
  }

  /// The sum, or the end of time.
  func later(by milliseconds: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(milliseconds)
    return overflow ? .max : sum
  }
}
