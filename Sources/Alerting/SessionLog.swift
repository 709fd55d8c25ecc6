// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// A rule's sessions of measuring: the one that runs, and what was found in those before.
struct SessionLog: Sendable, Equatable {
  /// So many of the readings of a session are evidence.
  static let evidenceLimit = 4
  static let limit = 16

  struct Session: Sendable, Equatable {
    let began: Int64
    var link: LinkSecurity
    var all = Part()
    /// Those that are surely of now: what may be of long ago does not weaken their mean.
    var fresh = Part()

    var isFresh: Bool { !fresh.evidence.isEmpty }
    /// What may offend, each by its own means.
    var parts: [Part] { isFresh ? [fresh, all] : [all] }
    var count: Int { all.evidence.count + fresh.evidence.count }
  }

  struct Part: Sendable, Equatable {
    private(set) var tally = Tally()
    /// The first ones and the last.
    private(set) var evidence: [Evidence] = []

    mutating func add(_ new: Evidence, status: [String]) {
      tally.add(new.values, status: status)
      if evidence.count >= SessionLog.evidenceLimit { evidence.removeLast() }
      evidence.append(new)
    }
  }

  struct Verdict: Sendable, Equatable {
    let began: Int64
    let link: LinkSecurity
    let offends: Bool
    /// Some of it is surely of now.
    let isFresh: Bool
    let evidence: [Evidence]
  }

  private(set) var running: Session?
  private(set) var verdicts: [Verdict] = []

  var count: Int { verdicts.reduce(running?.count ?? 0) { $0 + $1.evidence.count } }

  /// A clean reading: of the session that runs, or the first of a new one. Where the link is guarded, those over the best
  /// link are the session.
  mutating func add(
    _ evidence: Evidence, status: [String], link: LinkSecurity, guardsLink: Bool, at elapsed: Int64
  ) {
    var session = running ?? Session(began: elapsed, link: link)
    if guardsLink, link < session.link { return }
    if guardsLink, link > session.link { session = Session(began: session.began, link: link) }
    session.link = max(session.link, link)
    session.all.add(evidence, status: status)
    if evidence.age != .unknown { session.fresh.add(evidence, status: status) }
    running = session
  }

  /// Something was measured that no session of its own is made of: the time runs.
  mutating func begin(at elapsed: Int64) {
    if running == nil { running = Session(began: elapsed, link: .advert) }
  }

  func isOver(at elapsed: Int64) -> Bool { running.map { elapsed - $0.began >= Rule.session } ?? false }

  var due: Int64 { running?.began.later(by: Rule.session) ?? .max }

  mutating func close() -> Session? {
    defer { running = nil }
    return running
  }

  /// - Returns: the offending ones of the last `of` sessions within that time, if this is one of them and there are enough.
  mutating func note(
    _ verdict: Verdict, _ count: Int, of: Int, within: Int64, guardsLink: Bool
  ) -> [Verdict]? {
    verdicts.removeAll { verdict.began - $0.began > within }
    // Over a worse link it says nothing against, nor for, what came over a better one.
    if guardsLink, verdicts.contains(where: { $0.link > verdict.link }) { return nil }
    // Nor does a normal one that may be of long ago say anything against one that is of now.
    if !verdict.offends, !verdict.isFresh, verdicts.contains(where: { $0.offends && $0.isFresh }) { return nil }
    verdicts.append(verdict)
    let most = Swift.min(Swift.max(of, 1), Self.limit)
    if verdicts.count > most { verdicts.removeFirst(verdicts.count - most) }
    let offending = verdicts.filter(\.offends)
    return verdict.offends && offending.count >= count ? offending : nil
  }
}
