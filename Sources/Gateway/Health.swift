// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// How the box is: the body of `up/health` and of `vigilctl status`. No person's value is in it.
package struct Health: Sendable, Codable, Equatable {
  package struct Queue: Sendable, Codable, Equatable {
    package let lane: String
    /// The last number that was given.
    package let lastSeq: Int64
    package let waiting: Int64
  }

  package struct Device: Sendable, Codable, Equatable {
    package let id: String
    package let address: String
    package let model: String
    package let resident: String
    package let profiles: [String]
    package let link: String
    /// What it calls itself; nil where it does not say.
    package let serial: String?
    /// A ``LinkState`` in a word: `connected`, `connecting`, `searching`, `waiting-for-bluetooth`, `retrying`.
    package let state: String
    package let error: String?
    package let batteryPercent: Int?
    package let rssi: Int?
    package let lastReadingSecondsAgo: Int64?
  }

  package struct Bluetooth: Sendable, Codable, Equatable {
    package let available: Bool
    package let adapter: String
    package let powered: Bool
    package let controllers: [Controller]
  }

  package struct Controller: Sendable, Codable, Equatable {
    package let name: String
    package let address: String
    package let up: Bool
    package let running: Bool
  }

  package struct Storage: Sendable, Codable, Equatable {
    package let freeBytes: Int64?
    /// Values that no profile could decode; they are kept.
    package let undecodedValues: Int
    package let error: String?
  }

  package let version: String
  package let uptimeSeconds: Int64
  package let bootId: String
  package let clockSynchronized: Bool
  package let wallClockKnown: Bool
  package let broker: PublisherService.BrokerState
  package let queues: [Queue]
  package let openAlerts: Int
  package let bluetooth: Bluetooth
  package let storage: Storage
  package let devices: [Device]
}
