// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// What a line of a trace says.
package enum TraceLine: Sendable, Equatable {
  case reading(Observation)
  /// A message that no rule looks at: a summary, an alert, a gap.
  case skipped(schema: String)
  /// The daemon starts again.
  case restart(at: Moment)
  /// So many milliseconds pass.
  case tick(at: Moment)
  case acknowledge(Acknowledgement, at: Moment)
  case pause(PauseOrder, at: Moment)
  case settings(SettingsChange, at: Moment)

  package struct Acknowledgement: Sendable, Equatable {
    package enum Target: Sendable, Equatable {
      case rule(String)
      case alert(StableID)
    }

    /// nil for anybody's.
    package let resident: ResidentID?
    package let target: Target
    package let by: String
    /// The version that whoever acknowledges has seen; nil for the newest.
    package let seen: Int?
  }

  /// A pause as the clinic's command says it (contract.md).
  package struct PauseOrder: Sendable, Equatable {
    package enum Length: Sendable, Equatable {
      /// It ends.
      case none
      case milliseconds(Int64)
      case outOfService
    }

    /// nil for everybody's.
    package let resident: ResidentID?
    package let scope: Pause.Scope
    package let reason: String
    package let by: String
    package let length: Length
  }

  /// Whom it names.
  package var resident: ResidentID? {
    switch self {
    case .reading(let observation): observation.resident
    case .skipped, .restart, .tick: nil
    case .acknowledge(let acknowledgement, _): acknowledgement.resident
    case .pause(let order, _): order.resident
    case .settings(let change, _): change.resident
    }
  }

  /// When it is; nil for what is passed over.
  package var at: Moment? {
    switch self {
    case .reading(let observation): observation.received
    case .skipped: nil
    case .restart(let at), .tick(let at), .acknowledge(_, let at), .pause(_, let at), .settings(_, let at): at
    }
  }
}

/// Why a line is of no use.
package struct TraceProblem: Error, Sendable, Equatable {
  package let text: Text
  /// They are a gateway's own words for a command that it would refuse.
  package let isRefusal: Bool

  package init(_ text: Text, isRefusal: Bool = false) {
    self.text = text
    self.isRefusal = isRefusal
  }
}
