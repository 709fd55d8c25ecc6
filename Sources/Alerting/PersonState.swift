// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What the rules remember of one person. Everything in it is bounded.
package struct PersonState: Sendable, Equatable {
  package let resident: ResidentID
  package internal(set) var settings = PersonSettings()
  package var detector = Detector()
  package var book = EpisodeBook()
  /// Those that are the person's, with her own limits.
  package private(set) var rules: [Rule] = []
  /// Which settings, and which minute, ``rules`` are of.
  private var rulesAre: RulesAre?
  private var elapsed = -PersonState.farthest

  /// Times beyond this (some 10 million years) are held, so that no difference of two overflows.
  private static let farthest: Int64 = 1 << 58

  private struct RulesAre: Sendable, Equatable {
    let settings: PersonSettings
    let minute: Int64
  }

  package init(resident: ResidentID) { self.resident = resident }

  package var episodes: [Episode] { book.episodes }

  /// Takes up where the last run ended, after the readings of before were given to the detector: what was published is
  /// the truth.
  ///
  /// - Parameters:
  ///   - open: the latest transition of each episode that has not ended.
  ///   - elapsed: when a moment of any boot was, on this boot's monotonic line.
  package mutating func resume(
    open: [Alert], pauses: [Pause], day: DayMemory, at occasion: Occasion, elapsed: (Moment) -> Int64
  ) {
    book.resume(of: resident, open: open, pauses: pauses, day: day, at: occasion, elapsed: elapsed)
    detector.adopt(book.episodes.filter(\.isOn))
  }

  /// - Returns: the occasion with a time that does not step back.
  mutating func advance(to occasion: Occasion) -> Occasion {
    elapsed = max(elapsed, min(occasion.elapsedMs, Self.farthest))
    return Occasion(now: occasion.now, elapsedMs: elapsed, calendar: occasion.calendar)
  }

  /// What ends by this time, with the rules of this time.
  mutating func pass(to occasion: Occasion, rules set: RuleSet) -> [Finding] {
    renewRules(from: set, at: occasion) + detector.tick(at: occasion, rules: rules)
  }

  mutating func hear(_ findings: [Finding], at occasion: Occasion, manners: Manners) -> [Alert] {
    findings.flatMap { book.take($0, of: resident, at: occasion, manners: manners) }
  }

  /// Settings change, a looser limit runs out, a birthday comes.
  ///
  /// - Returns: the ends of conditions whose rules are the person's no longer.
  mutating func renewRules(from set: RuleSet, at occasion: Occasion) -> [Finding] {
    let are = RulesAre(settings: settings, minute: occasion.elapsedMs / 60_000)
    guard are != rulesAre else { return [] }
    rulesAre = are
    let new = set.rules(for: settings, at: occasion)
    guard new != rules else { return [] }
    rules = new
    detector.past = PastKinds(askedBy: set.rules)
    return detector.rulesChanged(to: new)
  }
}
