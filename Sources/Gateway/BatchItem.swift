// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import DeviceProfiles
import Journal
import Vitals

/// What stands in a batch of ``Ingest``.
enum BatchItem {
  case observation(Observation, bytes: [UInt8])
  case undecoded(Capture, device: String, reason: String, isStream: Bool)
  /// A value whose age is being found out, as it came; and that it has gone its way.
  case held(HeldValue)
  case released(HeldValue)
  case alert(Alert)
  case gap(Gap)
  /// What a restart has to know: the pauses about somebody, what was said of somebody on the day, hours of somebody's past,
  /// what the clinic has said of somebody.
  case pauses([Pause], of: ResidentID)
  case day(DayMemory, of: ResidentID)
  case baseline([Baseline.Hour], of: ResidentID)
  case settings(PersonSettings, of: ResidentID)
  /// Up to which of a device's stored records nothing is missing, with those before it in the batch.
  case lastRecord(UInt16?, of: String)

  /// What became of the rows: the commissioning readings among them, and the numbers of alerts.
  struct Written {
    var commissioning: [CommissioningReading] = []
    var numbers: [Alert.Transition: Int64] = [:]
  }

  var alert: Alert? { if case .alert(let alert) = self { alert } else { nil } }

  /// A sample of a live stream: it may wait, and it may be shed when memory runs short.
  var isStream: Bool {
    switch self {
    case .observation(let observation, _): observation.isStream
    case .undecoded(_, _, _, let isStream): isStream
    case .baseline: true
    case .held, .released, .alert, .gap, .pauses, .day, .settings, .lastRecord: false
    }
  }

  /// As whoever watches sees it.
  var watched: WatchFeed.Item? {
    switch self {
    case .observation(let observation, _): .reading(observation)
    case .alert(let alert): .alert(alert)
    case .undecoded, .held, .released, .gap, .pauses, .day, .baseline, .settings, .lastRecord: nil
    }
  }

  /// Whether somebody waits for it to be on the disk.
  var isUrgent: Bool {
    if case .observation(let observation, _) = self, observation.purpose == .commissioning { true } else { !isStream }
  }

  static func write(
    _ items: [BatchItem], with writer: Journal.Writer, streams: Configuration.Streams
  ) throws -> Written {
    var written = Written()
    for item in items {
      switch item {
      case .observation(let observation, let bytes):
        // A technician waits for each sample.
        let isNumbered = streams == .full || !observation.isStream || observation.purpose == .commissioning
        if let seq = try writer.append(observation, bytes: bytes, isNumbered: isNumbered),
          observation.purpose == .commissioning
        {
          written.commissioning.append(CommissioningReading(observation: observation, seq: seq))
        }
      case .held(let value): try writer.hold(value)
      case .released(let value): try writer.release(value)
      case .alert(let alert): written.numbers[alert.transition] = try writer.append(alert)
      case .pauses(let pauses, let resident): try writer.set(pauses, of: resident)
      case .day(let memory, let resident): try writer.set(memory, of: resident)
      case .baseline(let hours, let resident): try writer.add(hours, of: resident)
      case .settings(let settings, let resident): try writer.set(settings, of: resident)
      case .gap(let gap): try writer.append(gap, to: .reading)
      case .lastRecord(let number, let device): try writer.setLastRecord(number, of: device)
      case .undecoded(let capture, let device, let reason, _):
        try writer.appendUndecoded(
          device: device, characteristic: BluetoothUUID.short(capture.characteristic), received: capture.received,
          bytes: capture.bytes, reason: reason)
      }
    }
    if streams == .summaries {
      for case .alert(let alert) in items where alert.phase == .start && alert.state == .active {
        try writer.openFullStream(of: alert.resident, around: alert.raised)
      }
    }
    return written
  }
}

/// A technician's test reading, and its number in the ledger's reading lane.
package struct CommissioningReading: Sendable {
  package let observation: Observation
  package let seq: Int64
}

/// A kind of message that has come from a device.
struct Understood: Sendable, Hashable {
  let address: DeviceAddress
  let profile: String
  let message: String
}
