// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Journal

/// What `/etc/vigil/vigil.yaml` says. Only `clinic`, `gateway`, `zone` and `broker` have no default.
package struct Configuration: Sendable, Equatable {
  /// Both ids are levels of every topic: `[a-z0-9-]{1,64}`.
  package let clinic: String
  package let gateway: String
  /// The site's IANA time zone: `Asia/Shanghai`.
  package let zone: String
  package let broker: Broker
  package let storage: Storage
  /// Directories, in the order of reading.
  package let profiles: [String]
  package let streams: Streams
  package let receipts: Receipts
  package let commands: CommandPolicy
  package let rules: RuleSet
  package let bluetooth: Bluetooth
  package let log: Log

  package struct Broker: Sendable, Equatable {
    /// A host name or an IP address.
    package let host: String
    package let port: Int
    /// nil where the file says `tls: off`.
    package let tls: TLS?
    package let username: String?
    /// The file that holds the password and nothing else.
    package let passwordFile: String?
    package let keepaliveSeconds: Int
  }

  /// Paths of PEM files; without `ca` the system's certificates are trusted.
  package struct TLS: Sendable, Equatable {
    package let ca: String?
    /// The client's certificate and its key come together or not at all.
    package let certificate: String?
    package let key: String?
  }

  package struct Storage: Sendable, Equatable {
    package let database: String
    /// The most that the database may take, its write-ahead log included.
    package let limitBytes: Int64
    package let keep: Keep
  }

  /// How long what is delivered is kept.
  package struct Keep: Sendable, Equatable {
    /// The octets that readings were decoded from, and values that no profile could decode.
    package let captureHours: Int
    package let sampleDays: Int
    /// Spot readings and summaries of streams.
    package let readingDays: Int
    /// Alerts, commands, the audit, and the ids of spot readings.
    package let alertDays: Int
  }

  /// By whose word something counts as delivered.
  package enum Receipts: Sendable, Equatable {
    case broker
    /// By the receipts of this consumer.
    case clinic(consumer: String)

    package var consumer: String? { if case .clinic(let consumer) = self { consumer } else { nil } }
  }

  /// How live streams are sent.
  package enum Streams: String, Sendable, CaseIterable {
    /// Every sample.
    case full
    /// A summary of each minute, and every sample around an alert.
    case summaries
  }

  package struct Bluetooth: Sendable, Equatable {
    /// `hci0`
    package let adapter: String
    /// From the technician's call to the bond, and to the confirmation, at most.
    package let pairingSeconds: Int
    package let commissioningSeconds: Int
  }

  package struct Log: Sendable, Equatable {
    package let level: LogLevel
  }

  package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }
}

extension Configuration {
  package var storagePolicy: StoragePolicy {
    StoragePolicy(
      captureHours: storage.keep.captureHours, sampleDays: storage.keep.sampleDays,
      readingDays: storage.keep.readingDays, alertDays: storage.keep.alertDays, limitBytes: storage.limitBytes,
      summarises: streams == .summaries)
  }
}
