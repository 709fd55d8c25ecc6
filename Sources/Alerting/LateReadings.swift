// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Stored readings that crossed a limit long before they came: counted until the device has sent them all.
struct LateReadings: Sendable, Equatable {
  /// No more has come for so long: that was all.
  static let quiet: Int64 = 60_000
  /// A device that never stops does not keep the notice back.
  static let longest: Int64 = 10 * 60_000

  struct Collected: Sendable, Equatable {
    let rule: String
    private(set) var count = 0
    private(set) var worst: Offence
    private var newest: [Evidence] = []
    private(set) var link: LinkSecurity

    fileprivate init(_ rule: String, _ first: Offence, link: LinkSecurity) {
      self.rule = rule
      worst = first
      self.link = link
      add(first, link: link)
    }

    fileprivate mutating func add(_ offence: Offence, link: LinkSecurity) {
      count += 1
      if offence.isWorse(than: worst) { worst = offence }
      self.link = max(self.link, link)
      newest.append(offence.evidence)
      newest = newest.byTime.suffix(Proof.limit)
    }

    /// The worst and the newest, the first reading first.
    var evidence: [Evidence] {
      if newest.contains(where: { $0.reading == worst.evidence.reading }) { return newest }
      return ([worst.evidence] + newest.suffix(Proof.limit - 1)).byTime
    }
  }

  struct Offence: Sendable, Equatable {
    let evidence: Evidence
    let limits: [Limit]

    /// How far beyond its limits it is; nil where it has no number, which is worst.
    private var excess: ExactDecimal? {
      limits.compactMap { limit -> ExactDecimal? in
        let number = evidence.values.first { $0.kind == limit.kind && $0.number != nil }?.number
        return number?.subtracting(limit.value).map { $0.isNegative ? ExactDecimal(0).subtracting($0) ?? $0 : $0 }
      }.max()
    }

    func isWorse(than other: Offence) -> Bool {
      guard let theirs = other.excess else { return false }
      return excess.map { $0 > theirs } ?? true
    }
  }

  private var collected: [Collected] = []
  private var first: Int64 = 0
  private var last: Int64 = 0

  var count: Int { collected.reduce(0) { $0 + $1.evidence.count } }

  var due: Int64 {
    collected.isEmpty ? .max : min(last.later(by: Self.quiet), first.later(by: Self.longest))
  }

  /// A late reading has come, whether it offends or not.
  mutating func note(at elapsed: Int64) { last = elapsed }

  mutating func add(_ offence: Offence, to rule: String, link: LinkSecurity, at elapsed: Int64) {
    if collected.isEmpty { first = elapsed }
    last = elapsed
    if let index = collected.firstIndex(where: { $0.rule == rule }) {
      collected[index].add(offence, link: link)
    } else {
      collected.append(Collected(rule, offence, link: link))
    }
  }

  /// - Returns: what is to be told, once there is no more to come.
  mutating func take(at elapsed: Int64) -> [Collected] {
    guard elapsed >= due else { return [] }
    defer { collected = [] }
    return collected
  }
}

extension [Evidence] {
  /// By the time they were measured, those without one last.
  fileprivate var byTime: [Evidence] {
    enumerated().sorted { a, b in
      let (x, y) = (a.element.observedWallMs ?? .max, b.element.observedWallMs ?? .max)
      return x == y ? a.offset < b.offset : x < y
    }.map(\.element)
  }
}
