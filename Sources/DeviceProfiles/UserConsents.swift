// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How a device answered one user's consent.
package enum ConsentOutcome: String, Sendable {
  case granted
  /// The code is wrong, or the device gives nobody this user's data.
  case refused
  /// It said nothing in time, or could not be asked.
  case unanswered
}

/// Has a device give the data of its users, one after the other, at its User Control Point (User Data Service 1.1, 3.4):
/// octets in, octets out. Nobody is asked twice over one connection, and no user is registered or deleted.
struct UserConsents: Sendable {
  private enum State: Sendable, Equatable {
    case idle
    case asked(user: Int, sinceMs: Int64)
    /// The device gives one user's data.
    case flowing(lastMs: Int64)
  }

  private static let consent: UInt8 = 0x02
  private static let response: UInt8 = 0x20
  private static let success: UInt8 = 0x01
  /// After that long no other procedure may begin over the link (User Data Service 1.1, 3.4.3).
  private static let patienceMs: Int64 = 30_000
  /// A device that sends by itself does not say when it has sent everything.
  private static let silenceMs: Int64 = 5_000

  private var waiting: [(user: Int, code: ConsentCode)]
  private var state = State.idle

  init(_ consents: [(user: Int, code: ConsentCode)]) { waiting = consents }

  var isBusy: Bool { state != .idle }
  var isFlowing: Bool { if case .flowing = state { true } else { false } }

  /// When ``timePassed(to:isReporting:)`` is to be called; nil: never.
  func due(isReporting: Bool) -> Int64? {
    switch state {
    case .idle: nil
    case .asked(_, let since): since + Self.patienceMs
    case .flowing(let last): isReporting ? nil : last + Self.silenceMs
    }
  }

  // MARK: what happens

  /// The next user's turn.
  mutating func next(at now: Int64) -> [DeviceSession.Action] {
    guard !waiting.isEmpty else {
      state = .idle
      return []
    }
    let (user, code) = waiting.removeFirst()
    state = .asked(user: user, sinceMs: now)
    let bytes = [Self.consent, UInt8(clamping: user), UInt8(code.value & 0xFF), UInt8(code.value >> 8)]
    return [
      .write(
        DeviceSession.Write(
          characteristic: DeviceSession.userControl, bytes: bytes, withResponse: true, name: "consent of user \(user)"))
    ]
  }

  /// A value of the user whose turn it is has come.
  mutating func heard(at now: Int64) { if isFlowing { state = .flowing(lastMs: now) } }

  /// The control point has said something. What is no answer to what was asked says nothing.
  mutating func answered(_ bytes: [UInt8], at now: Int64) -> [DeviceSession.Action] {
    guard case .asked(let user, _) = state, bytes.count >= 3, bytes[0] == Self.response, bytes[1] == Self.consent else {
      return []
    }
    guard bytes[2] == Self.success else { return [.consent(user: user, .refused)] + next(at: now) }
    state = .flowing(lastMs: now)
    return [.consent(user: user, .granted)]
  }

  /// What was written was refused, or did not arrive: no procedure has begun.
  mutating func writeFailed(at now: Int64) -> [DeviceSession.Action] {
    guard case .asked(let user, _) = state else { return [] }
    return [.consent(user: user, .unanswered)] + next(at: now)
  }

  /// - Parameter isReporting: the device says itself when it has sent everything.
  mutating func timePassed(to now: Int64, isReporting: Bool) -> [DeviceSession.Action] {
    guard let due = due(isReporting: isReporting), now >= due else { return [] }
    if case .asked(let user, _) = state { return [.consent(user: user, .unanswered), .hangUp] }
    return next(at: now)
  }
}
