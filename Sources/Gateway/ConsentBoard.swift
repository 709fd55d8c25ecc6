// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Synchronization
import Vitals

/// How each device answered the consent of its users when they were last asked, for those who ask.
final class ConsentBoard: Sendable {
  private struct Place: Hashable {
    let device: String
    let user: Int
  }

  private let answers = Mutex<[Place: (outcome: ConsentOutcome, number: Int)]>([:])

  /// - Returns: whether it was another before.
  func set(_ outcome: ConsentOutcome, of user: Int, for device: String) -> Bool {
    answers.withLock { answers in
      let number = (answers.values.map(\.number).max() ?? 0) + 1
      return answers.updateValue((outcome, number), forKey: Place(device: device, user: user))?.outcome != outcome
    }
  }

  /// Nil where nobody was asked since the start, or since the code was assigned.
  func outcome(of user: Int, of device: String) -> ConsentOutcome? {
    answers.withLock { $0[Place(device: device, user: user)]?.outcome }
  }

  func forget(_ user: Int, of device: String) {
    _ = answers.withLock { $0.removeValue(forKey: Place(device: device, user: user)) }
  }

  /// In which order a device's users are asked: whose turn is longest ago first, for a device may hang up, or say nothing,
  /// before the last of them has had hers.
  func order(_ consents: [Int: ConsentCode], of device: String) -> [(user: Int, code: ConsentCode)] {
    answers.withLock { answers in
      let turns = consents.map { ($0.key, $0.value, answers[Place(device: device, user: $0.key)]?.number ?? 0) }
      return turns.sorted { ($0.2, $0.0) < ($1.2, $1.0) }.map { (user: $0.0, code: $0.1) }
    }
  }
}
