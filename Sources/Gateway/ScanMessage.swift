// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles

/// What `Scan` says, one JSON object a line: `{"device":{…}}` when one is found or has changed, `{"gone":"F5:…"}` when it
/// is no longer heard, `{"state":"…"}` at the beginning and whenever that changes. The state stands before the devices.
package struct ScanMessage: Codable, Sendable, Equatable {
  package var device: ScanDevice?
  package var gone: String?
  package var state: ScanState?

  package init(device: ScanDevice? = nil, gone: String? = nil, state: ScanState? = nil) {
    self.device = device
    self.gone = gone
    self.state = state
  }
}

/// How the listening goes. It goes on by itself as soon as that is possible.
package enum ScanState: String, Codable, Sendable, Equatable {
  /// What is there already is being heard: a device that appears now may have been there all the time.
  case listening
  /// A device that appears now has just begun to advertise.
  case ready
  case noBluetoothd = "no-bluetoothd"
  case noController = "no-controller"
  case off
  /// bluetoothd does not let us listen.
  case refused
  /// The time is over: the last line.
  case ended

  package var isObstacle: Bool {
    switch self {
    case .listening, .ready, .ended: false
    case .noBluetoothd, .noController, .off, .refused: true
    }
  }
}

/// A device that is near. Every key is always there; what is not known is null.
package struct ScanDevice: Sendable, Equatable {
  /// What speaks against pairing it.
  package enum Note: String, Codable, Sendable {
    /// It refused to pair with this box in the last half hour, without asking for digits.
    case refusedPairing = "refused-pairing"
    /// Its advertisement says that it is not open to new partners.
    case notDiscoverable = "not-discoverable"
  }

  package var address: String
  package var name: String?
  /// Of the services that it advertises, or has where that is known: `1810`, or 128 bits.
  package var services: [String]
  /// Ids of the profiles that its services match, and what these are called.
  package var profiles: [String]
  package var titles: [ProfileTitle]
  /// dBm
  package var rssi: Int?
  /// How long ago its last advertisement was heard; 0 while it is connected.
  package var lastSeenMs: Int
  /// How long ago it began to advertise, where it began while we listened.
  package var beganMs: Int?
  /// `d-1`
  package var enrolled: String?
  package var paired: Bool
  package var bonded: Bool
  package var connected: Bool
  package var serial: String?
  package var model: String?
  package var note: Note?

  package init(
    address: String, name: String? = nil, services: [String] = [], profiles: [String] = [], titles: [ProfileTitle] = [],
    rssi: Int? = nil, lastSeenMs: Int = 0, beganMs: Int? = nil, enrolled: String? = nil, paired: Bool = false,
    bonded: Bool = false, connected: Bool = false, serial: String? = nil, model: String? = nil, note: Note? = nil
  ) {
    self.address = address
    self.name = name
    self.services = services
    self.profiles = profiles
    self.titles = titles
    self.rssi = rssi
    self.lastSeenMs = lastSeenMs
    self.beganMs = beganMs
    self.enrolled = enrolled
    self.paired = paired
    self.bonded = bonded
    self.connected = connected
    self.serial = serial
    self.model = model
    self.note = note
  }

  /// Whether Vigil has a use for it.
  package var isUsable: Bool { !profiles.isEmpty || enrolled != nil }
}

/// What a profile is called, in both languages.
package struct ProfileTitle: Codable, Sendable, Equatable {
  package let zh: String
  package let en: String

  package init(zh: String, en: String) {
    self.zh = zh
    self.en = en
  }

  init(_ profile: DeviceProfile) { self.init(zh: profile.title.zh, en: profile.title.en) }
}

extension ScanDevice: Codable {
  private enum CodingKeys: String, CodingKey {
    case address, name, services, profiles, titles, rssi, lastSeenMs, beganMs, enrolled, paired, bonded, connected
    case serial, model, note
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(address, forKey: .address)
    try container.encode(name, forKey: .name)
    try container.encode(services, forKey: .services)
    try container.encode(profiles, forKey: .profiles)
    try container.encode(titles, forKey: .titles)
    try container.encode(rssi, forKey: .rssi)
    try container.encode(lastSeenMs, forKey: .lastSeenMs)
    try container.encode(beganMs, forKey: .beganMs)
    try container.encode(enrolled, forKey: .enrolled)
    try container.encode(paired, forKey: .paired)
    try container.encode(bonded, forKey: .bonded)
    try container.encode(connected, forKey: .connected)
    try container.encode(serial, forKey: .serial)
    try container.encode(model, forKey: .model)
    try container.encode(note, forKey: .note)
  }
}
