// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a value is not a number: the special values of IEEE 11073-20601 medfloats.
package enum AbsentReason: String, Sendable, CaseIterable {
  case nan
  case nres
  case pinf
  case ninf
  case reserved
}

/// One value of an observation, in the one unit of its kind.
package struct Quantity: Sendable, Hashable {
  package enum Content: Sendable, Hashable {
    case number(ExactDecimal)
    case absent(AbsentReason)
  }

  package let kind: ObservationKind
  package let content: Content

  package init(_ kind: ObservationKind, _ content: Content) {
    self.kind = kind
    self.content = content
  }

  package var number: ExactDecimal? {
    if case .number(let value) = content { value } else { nil }
  }
}

/// How far a reading may be trusted (contract.md).
package enum Quality: String, Sendable, CaseIterable {
  case valid
  /// Kept and shown; confirms no alert alone.
  case questionable
  /// No patient value: a failed measurement, control solution, an impossible value.
  case invalid
}

/// Whether a reading is proven to be of now.
package enum Age: String, Sendable, CaseIterable {
  case fresh
  /// More than 15 minutes old on arrival, and proven so.
  case late
  case unknown
}

/// What has become of a reading (contract.md): a higher revision replaces.
package enum ReadingState: String, Sendable, CaseIterable {
  case final
  /// Its time was corrected, or whose it is.
  case amended
  case enteredInError = "entered-in-error"
}

/// What the link proves about the sender, the best first.
package enum LinkSecurity: String, Sendable, CaseIterable, Comparable {
  case authenticated
  case encrypted
  case open
  case advert

  private var rank: Int {
    switch self {
    case .authenticated: 3
    case .encrypted: 2
    case .open: 1
    case .advert: 0
    }
  }

  /// Whether both sides keep a key of the other.
  package var isBonded: Bool { self >= .encrypted }

  /// "Less" is less trustworthy.
  package static func < (a: LinkSecurity, b: LinkSecurity) -> Bool { a.rank < b.rank }
}

/// What a reading is for. A technician's test reading never alerts and is never charted.
package enum Purpose: String, Sendable, CaseIterable {
  case care
  case commissioning
}

/// A device as a reading names it.
package struct DeviceReference: Sendable, Hashable {
  /// Given at enrolment: `d-2`.
  package let id: String
  package let model: String
  package let address: DeviceAddress

  package init(id: String, model: String, address: DeviceAddress) {
    self.id = id
    self.model = model
    self.address = address
  }
}

/// One measurement of one person by one device, normalized: what the contract calls a reading.
package struct Observation: Sendable, Equatable {
  /// Identifies the measurement: the same for a value that a device sends twice.
  package let reading: StableID
  package let device: DeviceReference
  package let profile: String
  /// The short form where there is one: `2A37`.
  package let characteristic: String
  package let link: LinkSecurity
  package let resident: ResidentID
  package let purpose: Purpose
  /// The device's own slot for a person; nil for none or unknown.
  package let user: Int?
  package let received: Moment
  /// When it was measured, in milliseconds since 1970; nil while the wall clock is unknown.
  package let observedWallMs: Int64?
  package let clock: ClockEvidence
  package let age: Age
  package let quality: Quality
  package let status: [String]
  package let values: [Quantity]
  /// One of a live stream (a heart rate each second), not a measurement of its own (a cuff's).
  package let isStream: Bool
  /// 1, 2, 3…: the highest counts.
  package let revision: Int
  package let state: ReadingState

  package init(
    reading: StableID, device: DeviceReference, profile: String, characteristic: String, link: LinkSecurity,
    resident: ResidentID, purpose: Purpose, user: Int?, received: Moment, observedWallMs: Int64?,
    clock: ClockEvidence, age: Age, quality: Quality, status: [String], values: [Quantity], isStream: Bool,
    revision: Int = 1, state: ReadingState = .final
  ) {
    self.reading = reading
    self.device = device
    self.profile = profile
    self.characteristic = characteristic
    self.link = link
    self.resident = resident
    self.purpose = purpose
    self.user = user
    self.received = received
    self.observedWallMs = observedWallMs
    self.clock = clock
    self.age = age
    self.quality = quality
    self.status = status
    self.values = values
    self.isStream = isStream
    self.revision = revision
    self.state = state
  }

  /// The number of that kind, nil where it is missing or absent.
  package func number(_ kind: ObservationKind) -> ExactDecimal? {
    for value in values where value.kind == kind { if let number = value.number { return number } }
    return nil
  }
}
