// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What is remembered of a person for one rule: whether its condition is on, and what may yet confirm it.
struct RuleWatch: Sendable, Equatable {
  /// Streams that offend, not long enough yet.
  var holds: [StreamHold] = []
  var wait = SpotWait()
  var window = MeanWindow()
  var sessions = SessionLog()
  /// Set while the condition is on.
  var on: Standing? { didSet { isOn = on != nil } }
  private(set) var isOn = false
  /// When it began last.
  var lastBegan: Int64?
  /// When a spot reading offended it last, on or not.
  var lastOffended: Int64?

  struct StreamHold: Sendable, Equatable {
    let slot: Int
    let first: Evidence
    let link: LinkSecurity
    /// The first of its samples that is surely of now.
    var fresh: Evidence?
    /// The conditions that its last offending sample met.
    var offends: UInt64
    var hold: Hold

    var age: Age { fresh == nil ? .unknown : .fresh }
  }

  mutating func dropWaits() {
    if !holds.isEmpty { holds = [] }
    wait = SpotWait()
    window = MeanWindow()
    sessions = SessionLog()
  }

  /// The slot is another stream's now.
  mutating func forget(_ slot: Int) {
    holds.removeAll { $0.slot == slot }
    on?.clearing.forget(slot)
  }

  var count: Int {
    holds.count + wait.readings.count + window.readings.count + sessions.count + (on?.clearing.count ?? 0)
  }

  /// A stream's sample. It says nothing to what began over a better link; if it offends where there is nothing else, that
  /// begins beside it. A normal one of unknown age says nothing to what is of now.
  ///
  /// - Returns: what confirms it, once the stream has offended for so long.
  mutating func takeStream(
    _ observation: Observation, slot: Int, _ grade: RuleTable.Grade, needed: Int64, _ row: RuleTable.Row,
    mayBegin: Bool, at elapsed: Int64
  ) -> Proof? {
    holds.removeAll { $0.slot == slot && $0.hold.isVoid(at: elapsed) }
    var isHeld = false
    var proof: Proof?
    for index in holds.indices.reversed() where holds[index].slot == slot {
      if row.guardsLink, observation.link < holds[index].link { continue }
      isHeld = true
      if grade.isOffending {
        holds[index].offends = grade.offends
        if observation.age == .fresh, holds[index].fresh == nil {
          holds[index].fresh = Evidence(observation, of: row.kinds)
        }
        holds[index].hold.hold(at: elapsed)
        guard holds[index].hold.held >= needed, observation.quality == .valid, mayBegin else { continue }
        proof = Proof(
          holds[index].first, Evidence(observation, of: row.kinds), fresh: holds[index].fresh,
          link: max(holds[index].link, observation.link))
      } else if observation.age.speaks(against: holds[index].age) {
        if observation.quality == .valid, grade.denies(holds[index].offends) {
          holds.remove(at: index)
        } else {
          holds[index].hold.freeze()
        }
      }
    }
    if grade.isOffending, !isHeld {
      let first = Evidence(observation, of: row.kinds)
      holds.append(
        StreamHold(
          slot: slot, first: first, link: observation.link, fresh: first.age == .fresh ? first : nil,
          offends: grade.offends, hold: Hold(at: elapsed)))
    }
    return proof
  }
}

/// A condition that is on.
struct Standing: Sendable, Equatable {
  /// The best link of its evidence: a worse one does not clear what guards its link.
  let link: LinkSecurity
  /// Fresh if any of its evidence is: a reading of unknown age does not clear it then.
  let age: Age
  /// How grave it was when people heard of it last.
  var priority: Alert.Priority
  let raised: Moment
  /// When it began; nil where that was in an earlier run.
  let began: Int64?
  var clearing = Clearing()
  /// Since when nothing has offended.
  var quietSince: Int64
  /// The newest valid reading, if it offended, where the condition may become graver by what it goes with.
  var offence: Offence?
  /// The last clean reading that did not offend.
  var last: Evidence?

  struct Offence: Sendable, Equatable {
    let evidence: Evidence
    let at: Int64
  }

  /// Whether a reading was measured before the condition began: it says nothing of how the person is now.
  func isAfter(_ observation: Observation, receivedAt elapsed: Int64) -> Bool {
    guard let observed = observation.observedWallMs else { return false }
    // By the monotonic clock where that can be, as the wall clock may have been set in between.
    if let received = observation.received.wallMs,
      let began = began ?? (raised.bootID == observation.received.bootID ? raised.monotonicMs : nil)
    {
      let (age, overflow) = received.subtractingReportingOverflow(observed)
      if overflow { return age < 0 }
      return age > 0 && elapsed.later(by: -age) < began
    }
    return raised.wallMs.map { observed < $0 } ?? false
  }
}
