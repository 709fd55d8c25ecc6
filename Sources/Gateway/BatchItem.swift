// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import DeviceProfiles
import Journal
import Vitals

/// What stands in a batch of ``Ingest``.
enum BatchItem {
  case observation(Observation, bytes: [UInt8])
  case undecoded(Capture, device: String, reason: String, isStream: Bool)
  case alert(Alert)
  case gap(Gap)

  /// A sample of a live stream: it may wait, and it may be shed when memory runs short.
  var isStream: Bool {
    switch self {
    case .observation(let observation, _): observation.isStream
    case .undecoded(_, _, _, let isStream): isStream
    case .alert, .gap: false
    }
  }

  /// As whoever watches sees it.
  var watched: WatchFeed.Item? {
    switch self {
    case .observation(let observation, _): .reading(observation)
    case .alert(let alert): .alert(alert)
    case .undecoded, .gap: nil
    }
  }

  /// Whether somebody waits for it to be on the disk.
  var isUrgent: Bool {
    if case .observation(let observation, _) = self, observation.purpose == .commissioning { true } else { !isStream }
  }

  /// - Returns: the commissioning readings among them.
  static func write(_ items: [BatchItem], with writer: Journal.Writer) throws -> [CommissioningReading] {
    var commissioning: [CommissioningReading] = []
    for item in items {
      switch item {
      case .observation(let observation, let bytes):
        if let seq = try writer.append(observation, bytes: bytes), observation.purpose == .commissioning {
          commissioning.append(CommissioningReading(observation: observation, seq: seq))
        }
      case .alert(let alert): try writer.append(alert)
      case .gap(let gap): try writer.append(gap, to: .reading)
      case .undecoded(let capture, let device, let reason, _):
        try writer.appendUndecoded(
          device: device, characteristic: BluetoothUUID.short(capture.characteristic), received: capture.received,
          bytes: capture.bytes, reason: reason)
      }
    }
    return commissioning
  }
}

/// A technician's test reading, and its number in the ledger's reading lane.
package struct CommissioningReading: Sendable {
  package let observation: Observation
  package let seq: Int64
}
