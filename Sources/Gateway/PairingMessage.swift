// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials
import Vitals

/// What the daemon tells the technician's program while it pairs: one JSON object a line.
///
/// The order: `searching` `found` `pairing` (question `passkey` or `confirm`) `bonded` `identified` (question
/// `memory`, where the device deletes what was read), and, unless a reading was not asked for, `measure` (`stored`,
/// `unusable`) `reading` `delivered` (question `value`). For a device that does
/// not pair `connecting`, for one that only advertises `listening` stands in place of `pairing` and `bonded`; `examining`
/// before it, where its advertisement does not tell. The last line has either `device` or `error`.
package struct PairingMessage: Codable, Sendable, Equatable {
  /// How far it is.
  package enum Progress: String, Codable, Sendable {
    case searching, found, examining, pairing, bonded, connecting, listening, identified
    /// The person is to take a measurement now.
    case measure
    /// What came was an old measurement of the device's memory.
    case stored
    /// What came has no value that is of use.
    case unusable
    case reading
    case delivered
  }

  package enum Question: String, Codable, Sendable {
    case passkey, confirm, value
    /// Whether the readings that the device has stored may be taken over, though it deletes them then.
    case memory
  }

  /// A commissioning reading as the technician is to see it; only the values that are numbers.
  package struct Reading: Codable, Sendable, Equatable {
    package struct Value: Codable, Sendable, Equatable {
      /// As in the contract: `systolic`, and UCUM.
      package let kind: String
      package let value: Decimal
      package let unit: String
    }

    package let values: [Value]
    /// `fresh` or `unknown`.
    package let age: String
    /// `valid` or `questionable`.
    package let quality: String
    /// What the device's own clock said, without a zone.
    package let deviceTime: String?
  }

  package var progress: Progress?
  /// The device's name, with `found`.
  package var name: String?
  /// With `identified` and at the end, where the device has them.
  package var serial: String?
  package var model: String?
  package var manufacturer: String?
  /// With `measure`: how long there is for it.
  package var seconds: Int?
  /// With `reading`.
  package var reading: Reading?
  /// Whether the broker has the reading; with `delivered` and at the end.
  package var delivered: Bool?
  /// Where it has not: the broker's state in the library's words.
  package var reason: String?
  /// The MQTT reason code with which the broker refuses the reading.
  package var refusal: UInt8?
  /// To be answered with a ``PairingReply``.
  package var question: Question?
  /// What the device shows, with `confirm`.
  package var passkey: Int?
  /// The id of the new device: the end.
  package var device: String?
  package var profiles: [String]?
  /// What these are called.
  package var titles: [ProfileTitle]?
  /// `authenticated`, `encrypted`, `open` or `advert`
  package var link: String?
  /// Why it failed, in English, with a ``PairingCode`` and what it is about: the end.
  package var error: String?
  package var code: String?
  package var subject: String?
  /// The bond could not be removed yet, bluetoothd is away: it will be as soon as that is back.
  package var bondRemains: Bool?

  package init() {}

  package init(_ progress: Progress) { self.progress = progress }

  package init(asking question: Question) { self.question = question }
}

extension PairingMessage.Reading {
  init(_ observation: Observation) {
    values = observation.values.compactMap { quantity in
      quantity.number.flatMap { Decimal(exactly: $0) }.map {
        Value(kind: quantity.kind.rawValue, value: $0, unit: quantity.kind.unit.rawValue)
      }
    }
    age = observation.age.rawValue
    quality = observation.quality.rawValue
    deviceTime = observation.clock.deviceTime?.description
  }
}

/// What the technician answers: one JSON object a line.
package struct PairingReply: Codable, Sendable, Equatable {
  /// Six digits.
  package var passkey: String?
  /// The answer to `confirm`, `memory` and `value`.
  package var confirm: Bool?

  package init(passkey: String? = nil, confirm: Bool? = nil) {
    self.passkey = passkey
    self.confirm = confirm
  }

  /// The digits as a number; nil unless there are six.
  var digits: UInt32? {
    guard let passkey, passkey.utf8.count == 6,
      passkey.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return UInt32(passkey)
  }
}
