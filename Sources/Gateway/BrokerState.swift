// SPDX-License-Identifier: GPL-3.0-or-later

/// What there is to say about the broker.
package struct BrokerState: Sendable, Equatable {
  package var connected = false
  /// Since when it is so, monotonic.
  package var sinceMs: Int64
  /// Why not, in the library's words.
  package var reason: String?
  /// Nobody was subscribed to the latest reading.
  package var nobodyReadsReadings = false
  /// The broker's reason code for the latest reading, where it refuses it: an ACL, a quota.
  package var readingRefusal: UInt8?
  /// Alerts that nobody was subscribed to, or that the broker refused.
  package var undeliveredAlerts = 0
  /// Whether somebody takes alerts; nil while that is not known.
  package var isHeard: Bool?
}
