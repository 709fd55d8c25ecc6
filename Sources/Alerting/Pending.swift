// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// Where values come from whose times may be counted together.
enum Source: Sendable, Hashable {
  /// Streams of two devices never share a timer.
  case stream(device: String, characteristic: String)
  /// A second reading may come from another device; `link` keeps readings over a worse link apart where that matters.
  case spots(link: LinkSecurity)
}

/// How long a stream has been in a state, over samples that cannot be used in between. Milliseconds.
struct Hold: Sendable, Equatable {
  /// A stream is silent, and must begin again, after this.
  static let silence: Int64 = 10_000
  /// Samples that cannot be used stop the timer so long; then it is void (alarms.md: 15 minutes).
  static let longestFreeze: Int64 = 15 * 60_000

  private(set) var held: Int64 = 0
  private(set) var last: Int64
  private var frozen: Int64 = 0
  private var isCounting = true

  init(at elapsed: Int64) { last = elapsed }

  func isSilent(at elapsed: Int64) -> Bool { elapsed - last > Self.silence }

  /// A sample that is in the state.
  mutating func hold(at elapsed: Int64) {
    if isCounting { held += elapsed - last }
    last = elapsed
    frozen = 0
    isCounting = true
  }

  /// A sample that cannot be used: the time up to it counts, the time after it does not.
  /// - Returns: false where the timer is void.
  mutating func freeze(at elapsed: Int64) -> Bool {
    if isCounting { held += elapsed - last } else { frozen += elapsed - last }
    last = elapsed
    isCounting = false
    return frozen <= Self.longestFreeze
  }
}

/// A rule's condition that is met but not yet confirmed.
struct Pending: Sendable, Equatable {
  let rule: String
  let source: Source
  let first: Evidence
  let firstAt: Int64
  let isClean: Bool
  let link: LinkSecurity
  var hold: Hold

  init(_ rule: Rule, _ source: Source, _ observation: Observation, at elapsed: Int64) {
    self.rule = rule.id
    self.source = source
    first = Evidence(observation, of: rule.kinds)
    firstAt = elapsed
    isClean = observation.quality == .valid
    link = observation.link
    hold = Hold(at: elapsed)
  }
}
