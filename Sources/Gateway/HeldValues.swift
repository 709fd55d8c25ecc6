// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import DeviceProfiles
import Journal
import Vitals

/// What becomes known of a device's clock, and of the values that waited for it.
extension Ingest {
  /// More than this is worth a notice (clinical-thresholds.md, TM-1).
  private static let noticeMs: Int64 = 2 * 60 * 1000

  /// Whether a value has to wait for the clock of its device. It is on the disk in its present form then.
  func holds(_ capture: Capture, of device: EnrolledDevice) -> Bool {
    guard readers.mayBeStored(capture, of: device) else { return false }
    return clocks.hold(HeldValue(capture), of: device.id)
  }

  /// What waited goes the normal way, with what is known now.
  func release(_ device: String) {
    for value in clocks.release(device) { release(value) }
  }

  /// Values that were held when the daemon ended: nobody can say any more how old they were.
  func releaseLeftovers() throws {
    for value in try journal.assumeIsolated({ try $0.heldValues() }) { release(value) }
  }

  /// A clock that does not answer keeps nobody waiting.
  func releaseOverdue(at now: Moment) {
    for device in clocks.giveUp(at: now.monotonicMs) { release(device) }
  }

  // MARK: what a conversation finds out

  /// - Parameters:
  ///   - shown: nil where it could not be read.
  ///   - moment: when that was.
  func clockWasRead(_ shown: ClockValue.Shown?, at moment: Moment, of device: EnrolledDevice) {
    drain()
    let offsetMs = SiteTime.offset(of: shown, at: moment)
    clocks.wasRead(shown, at: moment, offsetMs: offsetMs, of: device.id)
    release(device.id)
    // A technician's trial raises nothing. A link may be older than the confirmation.
    if devices[device.address]?.isConfirmed ?? device.isConfirmed {
      let condition = TechnicalCondition.deviceClock(device.reference, device.resident)
      switch (shown, offsetMs) {
      case (.notSet, _): set(condition, holds: true)
      case (.time, let offset?): set(condition, holds: offset.magnitude > UInt64(Self.noticeMs))
      case (.time, nil), (nil, _): break
      }
    }
    commitWhenDue()
  }

  /// It was told to go on from there. Whether it does is seen when it is read again.
  func clockWasSet(to time: CivilTime, milliseconds: Int, at moment: Moment, of device: EnrolledDevice) {
    drain()
    clocks.wasSet(to: time, milliseconds: milliseconds, at: moment, of: device.id)
  }

  /// The device does not have the clock that its profile knows.
  func hasNoClock(_ device: EnrolledDevice) {
    drain()
    clocks.isMissing(on: device.id)
    release(device.id)
    commitWhenDue()
  }
}

extension HeldValue {
  init(_ capture: Capture) {
    self.init(
      address: capture.address, characteristic: capture.characteristic, received: capture.received,
      bytes: capture.bytes)
  }
}

extension Capture {
  init(_ value: HeldValue) {
    self.init(
      address: value.address, characteristic: value.characteristic, bytes: value.bytes, received: value.received)
  }
}
