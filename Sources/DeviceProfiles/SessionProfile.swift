// SPDX-License-Identifier: GPL-3.0-or-later

/// How to live with a device of one class: when to be connected, and what to write when.
package struct SessionProfile: Sendable, Hashable {
  package enum Connection: Sendable, Hashable {
    /// Kept connected.
    case stay
    /// Connected when it advertises, left when it hangs up.
    case advertising
    /// As ``advertising``, and we hang up after so many seconds without a value.
    case idle(seconds: Int)
  }

  package enum Bonding: String, Sendable, CaseIterable {
    case required
    /// The device does not bond: its readings come over an open link.
    case none
  }

  package struct Poll: Sendable, Hashable {
    package let command: Command
    package let seconds: Int
  }

  /// What is written after each message of a name.
  package struct Next: Sendable, Hashable {
    package let message: String
    package let command: Command
  }

  package let connection: Connection
  package let bonding: Bonding
  /// Written once all is subscribed, in this order.
  package let start: [Command]
  package let poll: Poll?
  package let next: Next?
  package let clock: ClockPolicy?
  package let memory: MemoryPolicy?
  /// User slots that the device has; nil where nothing is known of it.
  package let users: Int?

  /// That of a profile that says nothing: kept connected, bonded, never written to.
  package static let usual = SessionProfile(
    connection: .stay, bonding: .required, start: [], poll: nil, next: nil, clock: nil, memory: nil, users: nil)
}

/// What becomes of the device's clock. It is always read before it is written.
package struct ClockPolicy: Sendable, Hashable {
  package enum Write: String, Sendable, CaseIterable {
    case never
    /// When it is off by more than ``ClockPolicy/toleranceSeconds``.
    case whenOff = "when-off"
    case always
  }

  package static let toleranceSeconds = 2

  /// 128-bit, lower case: Date Time (2A08) or Current Time (2A2B).
  package let characteristic: String
  package let write: Write
}

/// What is known of the readings that the device has stored.
package struct MemoryPolicy: Sendable, Hashable {
  package enum Procedure: Sendable, Hashable {
    /// Nothing to do: they come by themselves or by the profile's commands.
    case none
    /// After subscribing all are asked for at this Record Access Control Point (128-bit, lower case).
    case racp(characteristic: String)
  }

  package let procedure: Procedure
  /// Whether the device forgets a reading when it has told it.
  package let deletesOnRead: Bool
}
