// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Journal

/// How far the stored records of a device are here. That moves on only in the batch behind the records it speaks for.
extension Ingest {
  /// A connection begins.
  ///
  /// - Parameter isByUser: the records are asked for by user. How far they are here is not known then, for each user may
  ///   have numbers of her own: all are asked for each time, and those that are known are dropped.
  /// - Returns: the sequence number of the last record that is here with all before it; nil: all are to be asked for.
  func recordsBegin(of device: EnrolledDevice, isByUser: Bool = false) -> UInt16? {
    drain()
    var last: UInt16?
    do {
      last = try journal.assumeIsolated { try $0.lastRecord(of: device.id) }
    } catch {
      log.warning("all stored records are asked for: \(error)", metadata: ["device": "\(device.id)"])
    }
    // What waits for the disk is newer.
    for case .lastRecord(let number, device.id) in batch { last = number }
    guard !isByUser else {
      tallies[device.id] = nil
      if last != nil { batch.append(.lastRecord(nil, of: device.id)) }
      commitWhenDue()
      return nil
    }
    tallies[device.id] = RecordTally(last: last)
    return last
  }

  /// A reading has come, which may be one of the records. Before it is in the batch.
  func tally(_ measurement: Measurement, isKnown: Bool, of device: EnrolledDevice) {
    guard readers.isOfMemory(measurement) else { return }
    if tallies[device.id]?.take(measurement.sequence, isKnown: isKnown) == true {
      batch.append(.lastRecord(nil, of: device.id))
    }
  }

  /// Of everything that has come so far; see ``DeviceSession/recordsWereWeighed(isKnownStart:hasNew:at:)``.
  func weighRecords(of device: EnrolledDevice) -> (isKnownStart: Bool, hasNew: Bool) {
    drain()
    return (tallies[device.id]?.isKnownStart ?? false, tallies[device.id]?.takeNews() ?? true)
  }

  /// The device has said that everything was reported.
  func recordsAreWhole(of device: EnrolledDevice) {
    drain()
    guard let tally = tallies.removeValue(forKey: device.id) else { return }
    if let whole = tally.whole, whole != tally.last { batch.append(.lastRecord(whole, of: device.id)) }
    commitWhenDue()
  }
}
