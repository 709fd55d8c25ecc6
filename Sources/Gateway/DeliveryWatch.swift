// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// Which open alerts nobody at the clinic has, as far as the gateway knows: the broker has not taken the row with which an
/// episode began for half a minute, or nobody has confirmed it for as long as its rule's manner allows.
struct DeliveryWatch {
  /// How long the broker may take.
  private static let brokerMs: Int64 = 30_000

  private struct Announcement {
    var latest: Alert
    /// nil while it could not be written.
    var seq: Int64?
    var sinceMs: Int64
    let allowedMs: Int64
    var isUndelivered = false
  }

  private var open: [StableID: Announcement] = [:]

  /// Those that nobody has.
  var undelivered: [Alert] { open.values.filter(\.isUndelivered).map(\.latest) }

  /// A transition was made.
  ///
  /// - Parameters:
  ///   - seq: its number in the ledger; nil where it has none yet.
  ///   - sinceMs: when that was, monotonic.
  ///   - allowedMs: how long it may take until somebody has it.
  mutating func note(_ alert: Alert, seq: Int64?, sinceMs: Int64, allowedMs: Int64) {
    guard alert.state != .ended else {
      open[alert.alert] = nil
      return
    }
    let isCall = alert.phase == .start || alert.phase == .resume
    if var known = open[alert.alert] {
      // It may be written long after it was made.
      if isCall, known.latest.version != alert.version { (known.sinceMs, known.seq) = (sinceMs, nil) }
      if isCall || known.seq == nil { known.seq = seq ?? known.seq }
      known.latest = alert
      open[alert.alert] = known
    } else {
      open[alert.alert] = Announcement(latest: alert, seq: seq, sinceMs: sinceMs, allowedMs: allowedMs)
    }
  }

  /// - Parameters:
  ///   - accepted: the broker has the alert lane up to this, `delivered`: the clinic.
  /// - Returns: those for which it is another one than before.
  mutating func look(accepted: Int64, delivered: Int64, at ms: Int64) -> [AlertSignal] {
    var changed: [AlertSignal] = []
    for (id, announcement) in open {
      let seq = announcement.seq ?? .max
      let waits = ms &- announcement.sinceMs
      let isUndelivered =
        announcement.latest.course.acknowledgement == nil && seq > delivered
        && (waits >= announcement.allowedMs || seq > accepted && waits >= Self.brokerMs)
      // Whoever has acknowledged it has it.
      guard isUndelivered != announcement.isUndelivered else { continue }
      open[id]?.isUndelivered = isUndelivered
      changed.append(AlertSignal(announcement.latest, isUndelivered: isUndelivered))
    }
    return changed.sorted { $0.alert.description < $1.alert.description }
  }
}

/// What a lamp or a buzzer is told of an alert: no value.
package struct AlertSignal: Sendable, Equatable {
  package let alert: StableID
  package let state: Alert.State
  package let priority: Alert.Priority
  package let isUndelivered: Bool

  package init(_ alert: Alert, isUndelivered: Bool? = nil) {
    self.alert = alert.alert
    state = alert.state
    priority = alert.priority
    self.isUndelivered = isUndelivered ?? alert.course.undelivered
  }
}
