// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Journal
import Vitals

/// What ``Ingest`` has to remember of the box itself between two looks. Times are monotonic milliseconds.
struct BoxWatch {
  /// When devices were heard is written so soon after a start, and so often: a card wears out.
  static let firstSavingMs: Int64 = 10 * 60_000
  static let savingMs: Int64 = 60 * 60_000

  var bluetoothAwaySinceMs: Int64?
  /// Whether there is somebody for alerts, by the broker's word; nil while that is not known.
  var isBrokerHeard: Bool?
  /// Whether alerts were undelivered at the last look.
  var lackedDelivery = false
  var nextSavingMs: Int64?
  struct Battery: Sendable {
    let percent: Int
    /// When it was known last, on this boot's monotonic clock.
    let atMs: Int64
  }

  /// By device.
  var batteries: [String: Battery] = [:]
}

/// The box looks after itself, its devices and its messages; a technical fault must never look like a healthy person.
extension Ingest {
  /// Whether the clinic has all that was said: nothing is said again before that.
  var isEverythingHeard: Bool {
    guard writeError == nil else { return false }
    return (try? journal.assumeIsolated { try $0.position(.alert).waiting == 0 }) ?? false
  }

  /// Called each second.
  func watchTheBox(at now: Moment, isHeard: Bool) {
    let occasion = occasion(now)
    for (condition, holds) in missing.judge(at: occasion, limits: rules.technical, monitored: monitored) {
      note(condition, holds: holds, at: occasion)
    }
    note(.unanswered, holds: persons.values.contains { $0.book.hasUnanswered }, at: occasion)
    if let since = box.bluetoothAwaySinceMs {
      if now.monotonicMs &- since >= TechnicalCondition.bluetoothPatience {
        note(.bluetoothAway, holds: true, at: occasion)
      }
    }
    watchDelivery(at: occasion)
    batch += technical.tick(at: occasion, isHeard: isHeard, manners: rules.manners).map(BatchItem.alert)
    keepMemory(of: .gateway)
    saveSeen(at: now)
  }

  /// Of what kinds alerts are open, by person: a stream of theirs is due.
  private var monitored: [ResidentID: Set<ObservationKind>] {
    var monitored: [ResidentID: Set<ObservationKind>] = [:]
    for (resident, state) in persons {
      for episode in state.episodes where episode.isOn {
        guard let rule = rules.rules.first(where: { $0.id == episode.rule }) else { continue }
        monitored[resident, default: []].formUnion(rule.kinds)
      }
    }
    return monitored
  }

  // MARK: what others see

  /// - Parameters:
  ///   - working: there are bluetoothd and an adapter that is on.
  ///   - isGivenUp: the adapter does not answer whatever was tried. That took its time, so nobody waits any longer.
  func bluetoothIs(working: Bool, isGivenUp: Bool = false) {
    if isGivenUp {
      set(.bluetoothAway, holds: true)
    } else if working {
      box.bluetoothAwaySinceMs = nil
      set(.bluetoothAway, holds: false)
    } else if box.bluetoothAwaySinceMs == nil {
      box.bluetoothAwaySinceMs = clock().monotonicMs
    }
  }

  /// Whether there is somebody for alerts, by the broker's word.
  func alertsAre(heard: Bool) { box.isBrokerHeard = heard }

  /// Something came of these devices that is no value: they are connected, or in the air.
  func heard(_ devices: Set<String>) {
    let occasion = occasion(clock())
    for device in devices { missing.heard(device, at: occasion) }
  }

  /// Whether devices have to be paired anew, by their ids; those of which nothing new is known are left out.
  func bondsAre(lost: [String: Bool]) {
    for device in enrolled where device.isConfirmed {
      if let isLost = lost[device.id] { set(.bondLost(device.reference, device.resident), holds: isLost) }
    }
  }

  /// How full batteries are, by the devices' ids, as bluetoothd knows it.
  func batteriesAre(_ percents: [String: Int]) {
    let now = clock()
    for device in enrolled {
      guard let percent = percents[device.id] else { continue }
      let before = box.batteries.updateValue(
        BoxWatch.Battery(percent: percent, atMs: now.monotonicMs), forKey: device.id)
      guard before?.percent != percent else { continue }
      let values = [Quantity(.battery, .number(ExactDecimal(percent)))]
      let reading = ReadingIdentity.id(
        device: device.id, characteristic: "2A19", user: nil, values: values, deviceTime: nil, received: now)
      missing.take(
        Observation(
          reading: reading, device: device.reference, profile: "bluetooth.battery", characteristic: "2A19",
          link: device.link, resident: device.resident, purpose: device.purpose, user: nil, received: now,
          observedWallMs: now.wallMs, clock: ClockEvidence(source: .receipt, deviceTime: nil), age: .fresh,
          quality: .valid, status: [], values: values, isStream: false),
        at: occasion(now))
    }
  }

  /// Not a trifle: a device that was heard a moment ago must not count as unseen for a week after a restart.
  private func saveSeen(at now: Moment) {
    guard let next = box.nextSavingMs else {
      box.nextSavingMs = now.monotonicMs &+ BoxWatch.firstSavingMs
      return
    }
    guard now.monotonicMs >= next, writeError == nil else { return }
    box.nextSavingMs = now.monotonicMs &+ BoxWatch.savingMs
    let seen = missing.seen
    do {
      try journal.assumeIsolated { try $0.saw(seen) }
    } catch { log.warning("cannot note when devices were heard: \(error)") }
  }

  // MARK: who has the alerts

  /// - Parameter seq: its number in the ledger; nil where it has none yet.
  func noteDelivery(of alert: Alert, seq: Int64?) {
    delivery.note(
      alert, seq: seq, sinceMs: elapsed(of: alert.course.since),
      allowedMs: rules.manners[alert.category, alert.priority].deliver)
  }

  /// The open alerts that nobody at the clinic has, as far as is known here.
  var undelivered: Set<StableID> { Set(delivery.undelivered.map(\.alert)) }

  private func watchDelivery(at occasion: Occasion) {
    if let position = try? journal.assumeIsolated({ try $0.position(.alert) }) {
      let changed = delivery.look(
        accepted: position.accepted, delivered: position.delivered, at: occasion.now.monotonicMs)
      if !changed.isEmpty {
        let undelivered = undelivered
        for resident in persons.keys { persons[resident]?.book.noteUndelivered(undelivered) }
        technical.book.noteUndelivered(undelivered)
        onSignals(changed)
      }
    }
    // That nobody hears is not said of the alert that says so.
    let unheard = TechnicalCondition.alertsUnheard
    let isLacking = delivery.undelivered.contains { $0.rule != unheard.rule }
    if let isHeard = box.isBrokerHeard {
      note(unheard, holds: !isHeard || isLacking, at: occasion)
    } else if isLacking || box.lackedDelivery {
      note(unheard, holds: isLacking, at: occasion)
    }
    box.lackedDelivery = isLacking
  }
}
