// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How the box is: the body of `up/health` and of `vigilctl status`. No person's value is in it.
package struct Health: Sendable, Codable, Equatable {
  package struct Broker: Sendable, Codable, Equatable {
    package let connected: Bool
    package let host: String
    package let port: Int
    /// For how long it has been connected, or not.
    package let stateSeconds: Int64
    /// Why not, in the library's words.
    package let reason: String?
    /// Until the next attempt; nil while connected, and during an attempt.
    package let retryInSeconds: Int64?
    /// Nobody was subscribed to the latest reading.
    package let nobodyReadsReadings: Bool
    /// The MQTT reason code with which the broker refuses readings, nil where it takes them.
    package let readingRefusal: UInt8?
    /// Alerts that nobody was subscribed to, or that the broker refused.
    package let undeliveredAlerts: Int
  }

  package struct Queue: Sendable, Codable, Equatable {
    package let lane: String
    /// The last number that was given.
    package let lastSeq: Int64
    package let waiting: Int64
  }

  /// An alert episode that has not ended.
  package struct OpenAlert: Sendable, Codable, Equatable {
    package let alert: String
    package let resident: String
    package let rule: String
    package let version: Int
    package let state: String
    package let priority: String
    /// RFC 3339, nil while the wall clock was unknown.
    package let raisedAt: String?
    /// Nobody at the clinic has received it, as far as the gateway knows; nil from an older daemon.
    package let undelivered: Bool?
  }

  /// Why a link failed: a D-Bus error's name and the words that came with it.
  package struct Failure: Sendable, Codable, Equatable {
    package let name: String
    package let message: String
  }

  /// A user of a shared device, by the device's own number.
  package struct User: Sendable, Codable, Equatable {
    package let user: Int
    package let resident: String
    /// Of one whose device wants a code for her data: `stored` until it was tried, then a ``ConsentOutcome``.
    package var consent: String?
  }

  package struct Device: Sendable, Codable, Equatable {
    package let id: String
    package let address: String
    package let model: String
    package let resident: String
    /// Whose the readings of its users are, in their order; the other readings are nobody's. nil where all are ``resident``'s.
    package let users: [User]?
    package let profiles: [String]
    package let link: String
    /// What it calls itself; nil where it does not say.
    package let serial: String?
    /// `care`, or `commissioning` while a technician has not confirmed it yet.
    package let purpose: String
    /// A ``LinkState`` in a word: `connected`, `connecting`, `resolving`, `searching`, `listening`,
    /// `waiting-for-bluetooth`, `waiting-for-turn`, `retrying`.
    package let state: String
    /// For how long it has been connected or heard, or not; nil where its link has not begun.
    package let stateSeconds: Int64?
    /// A `DeviceCondition`, and that in plain words, by language: why, what is tried next and when, what a person can do;
    /// nil from an older daemon.
    package let condition: String?
    package let text: [String: String]?
    /// Profiles that it was enrolled with and that are not there any more; nil where all are.
    package let missingProfiles: [String]?
    /// Why the last try failed, in English.
    package let error: String?
    package let failure: Failure?
    /// Until the next try, with `retrying`.
    package let retryInSeconds: Int64?
    /// About how long until its turn, with `waiting-for-turn`.
    package let turnInSeconds: Int64?
    /// True where others wait for its connection, which it keeps because an alert may be coming of what it says.
    package let keepsConnection: Bool?
    package let batteryPercent: Int?
    /// How old ``batteryPercent`` is.
    package let batterySecondsAgo: Int64?
    /// In dBm, while it is in the air; nil during a link.
    package let rssi: Int?
    package let lastReadingSecondsAgo: Int64?
    /// When it gave a sign of life, over a link or in the air; nil where none is known.
    package let lastSeenSecondsAgo: Int64?
  }

  package struct Bluetooth: Sendable, Codable, Equatable {
    /// Whether bluetoothd is there.
    package let available: Bool
    /// bluetoothd's version, where it says one.
    package let version: String?
    /// The controller that the configuration names: `hci0`.
    package let name: String
    /// Its address, empty where bluetoothd has no such controller.
    package let adapter: String
    package let powered: Bool
    /// A `BluetoothCondition`, and that in plain words, by language; nil from an older daemon.
    package let condition: String?
    package let text: [String: String]?
    /// Until the next attempt to bring the controller back.
    package let retryInSeconds: Int64?
    package let controllers: [Controller]
  }

  package struct Controller: Sendable, Codable, Equatable {
    package let name: String
    package let address: String
    package let up: Bool
    package let running: Bool
    /// `USB`, `UART`, `SDIO`, `Virtual`…
    package let bus: String
    package let receiveErrors: Int
    package let sendErrors: Int
  }

  package struct Storage: Sendable, Codable, Equatable {
    package let freeBytes: Int64?
    /// Values that no profile could decode and that are still kept.
    package let undecodedValues: Int
    /// Of the database and its write-ahead log; nil where it cannot be read.
    package let databaseBytes: Int64?
    /// The most that they may take.
    package let limitBytes: Int64
    /// Readings that were dropped for lack of room before the clinic had them, ever.
    package let droppedReadings: Int64
    package let error: String?
    /// What kind of error that is, where it is one of `gone`, `full`, `read-only`, `damaged`.
    package let problem: String?
  }

  package let version: String
  package let uptimeSeconds: Int64
  package let bootId: String
  package let clockSynchronized: Bool
  package let wallClockKnown: Bool
  /// The site's IANA time zone.
  package let zone: String
  package let broker: Broker
  package let queues: [Queue]
  package let openAlerts: Int
  /// The open alerts, active ones first, then the newest, no more than ``alertLimit``. Not in `up/health`: `up/alerts`
  /// says it.
  package var alerts: [OpenAlert]?
  package let bluetooth: Bluetooth
  package let storage: Storage
  package let devices: [Device]

  static let alertLimit = 50
}

/// What of the box's state changes from second to second and costs next to nothing to ask: for systemd's status line and
/// for who watches. No person's value is in it.
package struct HealthBrief: Sendable, Codable, Equatable {
  package struct Device: Sendable, Codable, Equatable {
    package let id: String
    package let model: String
    package let resident: String
    /// As in ``Health/Device``.
    package let state: String
  }

  package let gateway: String
  package let brokerConnected: Bool
  /// Messages that are not delivered yet.
  package let waiting: Int64
  package let activeAlerts: Int
  /// Those that are over and wait for an acknowledgement too.
  package let openAlerts: Int
  package let devices: [Device]

  /// For `systemctl status`.
  var statusLine: String {
    let connected = devices.count { $0.state == "connected" }
    return "\(connected) of \(devices.count) devices connected, broker \(brokerConnected ? "connected" : "away"), "
      + "\(waiting) \(waiting == 1 ? "message" : "messages") waiting, "
      + "\(activeAlerts) \(activeAlerts == 1 ? "alert" : "alerts") active"
  }
}
