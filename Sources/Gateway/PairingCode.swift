// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import DBus
import Journal

/// Why a pairing came to nothing, for programs: `code` of the conversation's last line, and of the audit.
package enum PairingCode: String, Sendable, CaseIterable {
  case notInSight = "not-in-sight"
  /// The controller is off or missing.
  case bluetoothOff = "bluetooth-off"
  /// bluetoothd is not there, or went away.
  case bluetoothGone = "bluetooth-gone"
  /// Another pairing is going on.
  case busy
  case alreadyEnrolled = "already-enrolled"
  /// Wrong digits, not ready, or bonded to something else.
  case refused
  /// The device ended the link.
  case hungUp = "hung-up"
  case noProfile = "no-profile"
  /// The technician's program went away, or was told to.
  case cancelled
  /// No bond within the pairing window.
  case windowClosed = "window-closed"
  /// No reading, or no word about it, in time.
  case timedOut = "timed-out"
  /// Nobody answered the device's question in time.
  case unanswered
  /// A person said that digits or value are wrong.
  case rejectedByPerson = "rejected-by-person"
  /// The device deletes what was read from it, and nobody agreed to that.
  case memoryDeclined = "memory-declined"
  /// The database cannot be written to.
  case storage
  /// The daemon is being stopped.
  case stopping
  /// The daemon had ended in the middle; only in the audit.
  case interrupted
  case unknown
}

extension PairingCode {
  /// A person was asked, and said no.
  var isRejection: Bool { self == .rejectedByPerson || self == .memoryDeclined }
}

/// The end of a pairing that came to nothing.
package struct PairingError: Error, Sendable, CustomStringConvertible {
  package let code: PairingCode
  /// What it is about: the address, the enrolled device, the services.
  package let subject: String
  /// In English, for those who do not know the code.
  package let description: String

  init(_ code: PairingCode, _ subject: String, _ description: String) {
    self.code = code
    self.subject = subject
    self.description = description
  }

  /// - Parameter address: of the device, where the error does not say what it is about.
  init(_ error: any Error, address: String) {
    switch error {
    case let error as PairingError: self = error
    case let error as PairingFailure: self.init(error.code, error.subject ?? address, "\(error)")
    case is CancellationError: self.init(.cancelled, address, "the pairing was cancelled")
    case JournalError.alreadyEnrolled(let device):
      self.init(.alreadyEnrolled, device, "this device is already enrolled as \(device)")
    case is BlueZError: self.init(.bluetoothGone, address, "\(error)")
    case let error as BusError where error.isAbsence: self.init(.bluetoothGone, address, "\(error)")
    case is BusError: self.init(.unknown, address, "\(error)")
    default: self.init(.storage, address, "\(error)")
    }
  }
}

extension PairingFailure {
  fileprivate var code: PairingCode {
    switch self {
    case .notInSight: .notInSight
    case .bluetoothOff: .bluetoothOff
    case .bluetoothGone: .bluetoothGone
    case .busy: .busy
    case .refused: .refused
    case .hungUp: .hungUp
    case .rejectedByPerson: .rejectedByPerson
    case .unanswered: .unanswered
    case .timedOut: .timedOut
    }
  }

  fileprivate var subject: String? { if case .bluetoothOff(let adapter) = self { adapter } else { nil } }
}

extension BusError {
  /// The other side, or the bus, is not there any more.
  fileprivate var isAbsence: Bool {
    [
      "org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.ServiceUnknown",
      "org.freedesktop.DBus.Error.NameHasNoOwner",
      BusError.disconnected.name,
    ].contains(name)
  }
}
