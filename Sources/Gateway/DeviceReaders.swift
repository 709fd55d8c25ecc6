// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Journal
import Vitals

/// What devices send becomes measurements here: a reader for each device and characteristic, since a stream of octets
/// goes on from one value to the next. Pure.
struct DeviceReaders {
  enum Reading {
    case measurement(Measurement, CharacteristicProfile, bytes: [UInt8])
    /// It is kept with its octets.
    case undecoded(reason: String, isStream: Bool, bytes: [UInt8])
  }

  private struct Source: Hashable {
    let device: String
    /// As the profile names it.
    let characteristic: String
  }

  /// A device repeats an advertisement many times a second.
  private static let repetitionMs: Int64 = 1000

  private let catalog: ProfileCatalog
  private var readers: [Source: ValueReader] = [:]
  /// The latest value of each feature characteristic that was read.
  private var features: [Source: [UInt8]] = [:]
  private var advertised: [Source: (bytes: [UInt8], atMs: Int64)] = [:]

  init(catalog: ProfileCatalog) { self.catalog = catalog }

  mutating func read(_ capture: Capture, of device: EnrolledDevice) -> [Reading] {
    guard let found = catalog.find(characteristic: capture.characteristic, among: device.profiles) else {
      // What else an advertisement carries is nobody's business, and what a procedure answers is the session's.
      let profiles = device.profiles.compactMap { catalog.profile(id: $0) }
      if capture.isAdvertised
        || capture.characteristic == DeviceSession.userControl
        || profiles.contains(where: { DeviceSession.recordControl(of: $0) == capture.characteristic })
      {
        return []
      }
      return [.undecoded(reason: "no profile for this characteristic", isStream: false, bytes: capture.bytes)]
    }
    let (profile, characteristic) = found
    guard characteristic.use == .reading else { return [] }
    let source = Source(device: device.id, characteristic: characteristic.uuid)
    if capture.isAdvertised, isRepeated(capture, source) { return [] }
    var reader = readers.removeValue(forKey: source) ?? ValueReader(characteristic: characteristic, profile: profile)
    if let feature = characteristic.feature {
      reader.feature = features[Source(device: device.id, characteristic: feature.uuid)]
    }
    defer { readers[source] = reader }
    return reader.read(capture.bytes, at: capture.received.monotonicMs).map { outcome in
      switch outcome {
      case .measurement(let measurement, let bytes): .measurement(measurement, characteristic, bytes: bytes)
      case .error(let error, let bytes):
        .undecoded(reason: "\(error)", isStream: characteristic.isStream, bytes: bytes)
      }
    }
  }

  /// Whether a value may be of an earlier time, and its device has a clock that could say of when.
  func mayBeStored(_ capture: Capture, of device: EnrolledDevice) -> Bool {
    guard !capture.isAdvertised,
      let (profile, characteristic) = catalog.find(characteristic: capture.characteristic, among: device.profiles)
    else { return false }
    return profile.session.clock != nil && characteristic.use == .reading && !characteristic.isStream
  }

  /// Whether it may be a record that was asked for: the sequence numbers of another service are others.
  func isOfMemory(_ measurement: Measurement) -> Bool {
    catalog.profile(id: measurement.profile).flatMap(DeviceSession.recordControl) != nil
  }

  private mutating func isRepeated(_ capture: Capture, _ source: Source) -> Bool {
    let now = capture.received.monotonicMs
    if let last = advertised[source], last.bytes == capture.bytes, now - last.atMs < Self.repetitionMs { return true }
    advertised[source] = (capture.bytes, now)
    return false
  }

  /// What a device can tell was read: from now on only what it supports counts.
  mutating func featureIs(_ bytes: [UInt8], of characteristic: String, device: String) {
    features[Source(device: device, characteristic: BluetoothUUID.short(characteristic))] = bytes
  }

  /// The link has ended: what has begun of a frame is not continued on the next one.
  mutating func linkEnded(_ device: String) { readers = readers.filter { $0.key.device != device } }

  /// Devices that are not there any more are forgotten.
  mutating func keep(_ devices: Set<String>) {
    readers = readers.filter { devices.contains($0.key.device) }
    features = features.filter { devices.contains($0.key.device) }
    advertised = advertised.filter { devices.contains($0.key.device) }
  }
}
