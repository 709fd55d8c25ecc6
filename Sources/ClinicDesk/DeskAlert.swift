// SPDX-License-Identifier: GPL-3.0-or-later

/// An open alert as a desk shows it.
package struct DeskAlert: Sendable, Equatable {
  package let gateway: String
  package let epoch: String
  package let facts: AlertFacts
  /// nil as long as only the list of open alerts has named it: text and values come with its next message.
  package let details: AlertDetails?
  /// The gateway has a new database that does not know this alert: nobody will say that it has ended. It leaves the list
  /// after ``Desk/unfollowedMs``.
  package let isFollowed: Bool
  /// When this desk first heard of it.
  package let first: DeskMoment
  /// When it became active again, where this desk has seen it in another state.
  let awaitedFrom: DeskMoment?
  /// How far the desk's own second tier has gone, see ``SecondTier``: 1 as long as there is time to answer.
  package let tier: Int64

  /// When it was raised, as well as it is known: what the gateway says, unless that lies in the future, or else when it
  /// was first heard of. In milliseconds since 1970.
  package var sinceMs: Int64? {
    guard let raised = facts.raisedMs else { return first.wallMs }
    return first.wallMs.map { min(raised, $0) } ?? raised
  }

  /// For how long it has been there, in milliseconds.
  package func age(at now: DeskMoment) -> Int64 {
    let sinceHeard = max(0, now.monotonicMs - first.monotonicMs)
    guard let wall = first.wallMs, let raised = facts.raisedMs else { return sinceHeard }
    return sinceHeard + max(0, wall - raised)
  }

  package var isOverdue: Bool { tier > SecondTier.first }

  /// For how long nobody has answered it, in milliseconds; nil for one that awaits no answer. By this desk's monotonic clock
  /// from its raising, or from when it became active again: whether its gateway still lives makes no difference.
  package func waited(at now: DeskMoment) -> Int64? {
    guard facts.state.isActive else { return nil }
    return awaitedFrom.map { max(0, now.monotonicMs - $0.monotonicMs) } ?? age(at: now)
  }

  /// What the messages say beyond how it stands, where they are not older than that.
  package var present: AlertDetails? { details.flatMap { $0.version == facts.version ? $0 : nil } }

  /// How alerts are listed: active before others, high before low, those that nobody has answered in time before others, the
  /// newest first.
  package static func isListedBefore(_ one: DeskAlert, _ other: DeskAlert) -> Bool {
    if one.facts.state.isActive != other.facts.state.isActive { return one.facts.state.isActive }
    if one.facts.priority != other.facts.priority { return one.rank < other.rank }
    if one.isOverdue != other.isOverdue { return one.isOverdue }
    let (first, second) = (one.sinceMs ?? 0, other.sinceMs ?? 0)
    if first != second { return first > second }
    return (one.gateway, one.facts.alert) < (other.gateway, other.facts.alert)
  }

  private var rank: Int { AlertFacts.Priority.allCases.firstIndex(of: facts.priority) ?? 0 }
}

extension DeskAlert {
  /// Whether the other is the same but for text and values.
  func hasOnlyLessDetail(than other: DeskAlert) -> Bool {
    facts.hasSameStanding(as: other.facts) && epoch == other.epoch && isFollowed == other.isFollowed
  }
}
