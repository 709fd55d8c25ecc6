// SPDX-License-Identifier: GPL-3.0-or-later
@testable import ClinicDesk

/// SplitMix64: the same histories on every machine.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}

/// What a gateway does in one epoch, as its ledger has it: the truth that a desk must arrive at.
struct GatewayHistory {
  let epoch: String
  /// With their numbers, in order. Numbers that are missing are gaps and escalations of others.
  private(set) var messages: [AlertMessage] = []
  /// Indices of the messages that were sent without a number first, because storage failed.
  private(set) var early: Set<Int> = []
  /// The open episodes after each number, index by number.
  private(set) var openAt: [[AlertFacts]] = [[], []]
  private var seq: Int64 = 1

  var last: Int64 { seq }
  var truth: [AlertFacts] { openAt.last ?? [] }

  init(epoch: String, prefix: String, steps: Int, using random: inout Seeded) {
    self.epoch = epoch
    var open: [AlertFacts] = []
    var isStorageFailing = false
    for step in 0..<steps {
      if random.oneIn(8) { isStorageFailing.toggle() }
      if random.oneIn(6) {
        take(open)  // a gap's number
        continue
      }
      if open.isEmpty || random.oneIn(3) {
        let priority = AlertFacts.Priority.allCases.randomElement(using: &random) ?? .high
        let facts = AlertFacts(
          alert: "\(prefix)\(step)", version: 1, resident: "r-000\(step % 3)", rule: "OX-1", state: .active,
          priority: priority, raisedMs: random.oneIn(3) ? nil : Int64(step) * 1000)
        open.append(facts)
        send(facts, "start", open, isStorageFailing)
      } else if let index = open.indices.randomElement(using: &random) {
        let moves: [(String, AlertFacts.State)] = [
          ("continue", .active), ("acknowledge", .acknowledged), ("pause", .paused), ("resume", .active),
          ("escalate", .active), ("clear", .clearedUnacknowledged), ("clear", .ended), ("end", .ended),
          ("supersede", .ended), ("improvise", .init(name: "unheard-of")),
        ]
        let move = moves.randomElement(using: &random) ?? moves[0]
        let facts = open[index].moved(to: move.1)
        if facts.state == .ended { open.remove(at: index) } else { open[index] = facts }
        send(facts, move.0, open, isStorageFailing)
      }
    }
  }

  private mutating func take(_ open: [AlertFacts]) {
    seq += 1
    openAt.append(open)
  }

  private mutating func send(_ facts: AlertFacts, _ phase: String, _ open: [AlertFacts], _ isEarly: Bool) {
    take(open)
    if isEarly { early.insert(messages.count) }
    messages.append(
      AlertMessage(
        epoch: epoch, seq: seq, facts: facts,
        details: AlertDetails(version: facts.version, phase: phase, texts: ["en": "v\(facts.version)"])))
  }

  /// - Parameter room: how many episodes the list has room for.
  func list(upTo seq: Int64, room: Int = .max) -> OpenAlertsMessage {
    let open = openAt[Int(seq)]
    return OpenAlertsMessage(
      epoch: epoch, upTo: seq, total: Int64(open.count), alerts: Array(open.prefix(room)))
  }

  /// What reaches a desk, in some order, some of it more than once.
  ///
  /// - Parameter joinedAt: the list with this number, and all that is newer, comes for certain; of what is older only this
  ///   or that. nil: the desk was there from the beginning, and gets every message.
  func deliveries(joinedAt: Int64?, room: Int = .max, using random: inout Seeded) -> [DeskMessage] {
    var found: [DeskMessage] = []
    if let joinedAt { found.append(.openAlerts(list(upTo: joinedAt, room: room))) }
    for (index, message) in messages.enumerated() {
      let isOld = joinedAt.map { (message.seq ?? 0) <= $0 } ?? false
      guard !isOld || random.oneIn(2) else { continue }
      found.append(.alert(message))
      if early.contains(index) {
        found.append(
          .alert(AlertMessage(epoch: epoch, seq: nil, facts: message.facts, details: message.details)))
      }
    }
    for seq in 0...last where random.oneIn(3) { found.append(.openAlerts(list(upTo: seq, room: room))) }
    for message in found where random.oneIn(3) { found.append(message) }
    return found.shuffled(using: &random)
  }
}

extension AlertFacts {
  func moved(to state: State) -> AlertFacts {
    AlertFacts(
      alert: alert, version: version + 1, resident: resident, rule: rule, state: state, priority: priority,
      raisedMs: raisedMs, acknowledgedBy: state == .acknowledged ? "u-\(version)" : nil)
  }
}

/// Follows a desk by its events alone, as a program does that reads `--json`.
struct Follower {
  private(set) var alerts: [String: DeskAlert] = [:]

  mutating func follow(_ events: [DeskEvent]) {
    for event in events {
      switch event {
      case .alert(let alert, _): alerts["\(alert.gateway)/\(alert.facts.alert)"] = alert
      case .ended(let alert, _): alerts["\(alert.gateway)/\(alert.facts.alert)"] = nil
      case .overdue(let alert): alerts["\(alert.gateway)/\(alert.facts.alert)"] = alert
      case .notice, .command, .gateway, .gone: break
      }
    }
  }

  var list: [DeskAlert] { alerts.values.sorted(by: DeskAlert.isListedBefore) }
}

extension DeskMoment {
  /// Seconds after the desk began, at 2026-03-14T08:00:00+08:00.
  static func at(_ seconds: Double) -> DeskMoment {
    DeskMoment(
      monotonicMs: 5_000_000 + Int64(seconds * 1000), wallMs: 1_773_446_400_000 + Int64(seconds * 1000))
  }
}
