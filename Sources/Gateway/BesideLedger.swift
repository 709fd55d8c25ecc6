// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting

/// What is sent without a number: it is not kept for a broker that is away.
extension PublisherService {
  /// Sends alerts that the database could not take yet.
  package nonisolated func sendUnnumbered(_ alerts: [Alert]) {
    Task { await self.sendNow(alerts) }
  }

  private func sendNow(_ alerts: [Alert]) {
    for alert in alerts {
      for message in (try? writer.unnumbered(alert, at: clock())) ?? [] { send(message, retain: false) }
    }
  }

  /// - Returns: false while there is no connection: the first one after it is to come at once.
  package func publishHealth(_ health: Health) -> Bool {
    guard state.connected, let message = try? writer.health(health, at: clock()) else { return false }
    return send(message, retain: false)
  }
}
