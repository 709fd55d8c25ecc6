// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The clean spot readings of the last minutes, of which a rule judges the mean.
struct MeanWindow: Sendable, Equatable {
  static let limit = 16

  struct Reading: Sendable, Equatable {
    let evidence: Evidence
    let status: [String]
    let at: Int64
    let link: LinkSecurity
  }

  private(set) var readings: [Reading] = []

  /// Adds a reading and forgets what is too long ago.
  mutating func add(_ new: Reading, within: Int64) {
    readings.removeAll { new.at - $0.at > within }
    if readings.count >= Self.limit { readings.removeFirst() }
    readings.append(new)
  }

  /// Those whose mean may confirm now, the most trustworthy first: readings over a worse link than the last one's are left
  /// out, then let in; those over a better one it neither confirms nor weakens. So it is with those of unknown age, which may
  /// be of long ago, where the last one is of now.
  func candidates(guardsLink: Bool, readings count: Int, apart: Int64) -> [[Reading]] {
    guard let last = readings.last else { return [] }
    let all = guardsLink ? readings.filter { $0.link <= last.link } : readings
    let links = guardsLink ? Set(all.map(\.link)).sorted(by: >) : [.advert]
    return links.flatMap { worst in
      let some = all.filter { !guardsLink || $0.link >= worst }
      let fresh = some.filter { $0.evidence.age != .unknown }
      return last.evidence.age == .unknown || fresh.count == some.count ? [some] : [fresh, some]
    }.filter { some in
      guard some.count >= count, let first = some.first else { return false }
      return last.at - first.at >= apart
    }
  }
}
