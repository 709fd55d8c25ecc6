// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway
import Texts

/// Times, durations and words that the lines and the picture of a desk have in common.
enum DeskClock {
  private static let dayMs: Int64 = 20 * 3_600_000

  /// `08:05:30` in this machine's zone.
  static func timeOfDay(_ wallMs: Int64?) -> String {
    guard let wallMs else { return "--:--:--" }
    return String(SiteTime.text(wallMs).dropFirst(11).prefix(8))
  }

  /// `08:05`, or `03-14` for what is not of today.
  static func short(_ wallMs: Int64?, now: Int64?) -> String {
    guard let wallMs else { return "--:--" }
    let text = SiteTime.text(wallMs)
    return String(
      now.map { abs($0 - wallMs) < dayMs } ?? true ? text.dropFirst(11).prefix(5) : text.dropFirst(5).prefix(5))
  }

  /// `08:05`, for what is of today.
  static func minute(_ wallMs: Int64) -> String { String(timeOfDay(wallMs).prefix(5)) }

  /// Before the sentence of a gateway that is lost: how urgent it is, and by what name the clinic knows it.
  static func lostMark(in language: Language) -> String {
    let priority = GatewayState.lostPriority.rawValue
    return [
      WatchTexts.mark(ofPriority: priority), WatchTexts.priority(priority)(in: language), GatewayState.lostRule,
    ].joined(separator: "  ")
  }

  static func lost(_ gateway: GatewayState, at now: DeskMoment) -> Text {
    let since = gateway.lastSign?.monotonicMs ?? gateway.firstHeard.monotonicMs
    return DeskTexts.isLost(
      gateway: gateway.id, duration: DeskTexts.duration((now.monotonicMs - since) / 1000),
      last: gateway.lastSign.map { timeOfDay($0.wallMs) })
  }

  /// How it stands: who has it, or for how long nobody has.
  ///
  /// - Parameter isBrief: in a column.
  static func standing(of alert: DeskAlert, at now: DeskMoment, isBrief: Bool = false) -> Text {
    let facts = alert.facts
    let details = alert.present
    switch facts.state {
    case .acknowledged where !isBrief:
      return DeskStateTexts.acknowledged(
        by: facts.acknowledgedBy, at: facts.acknowledgedMs.map { short($0, now: now.wallMs) })
    case .paused where !isBrief:
      return DeskStateTexts.paused(
        until: details?.pausedUntilMs.map { short($0, now: now.wallMs) }, reason: details?.pause?.reason)
    case .active:
      let waited = DeskTexts.duration((alert.waited(at: now) ?? 0) / 1000)
      return isBrief
        ? DeskStateTexts.waiting(for: waited, level: facts.level, isOverdue: alert.isOverdue)
        : DeskStateTexts.unanswered(for: waited, level: facts.level, isOverdue: alert.isOverdue)
    default: return WatchTexts.state(facts.state.name)
    }
  }

  /// What it is about, where the message's text says only what somebody has done; nil for other messages, and from a gateway
  /// that does not name its rules.
  private static func matter(_ details: AlertDetails, rule: Text?) -> Text? {
    guard ["acknowledge", "pause", "resume"].contains(details.phase), let rule else { return nil }
    var kinds: [String] = []
    var latest: [String: AlertDetails.Value] = [:]
    for value in details.values {
      if latest.updateValue(value, forKey: value.kind) == nil { kinds.append(value.kind) }
    }
    // As everywhere the two pressures are said together.
    var pressures: Text?
    if let systolic = latest["systolic"], let diastolic = latest["diastolic"], systolic.unit == diastolic.unit {
      kinds.removeAll { $0 == "systolic" || $0 == "diastolic" }
      pressures = DeskStateTexts.value(
        WatchTexts.bloodPressure, "\(DeskScreen.number(systolic.value))/\(DeskScreen.number(diastolic.value))",
        unit: KindNames.suffix(ofUnit: systolic.unit))
    }
    let values =
      (pressures.map { [$0] } ?? [])
      + kinds.compactMap { kind -> Text? in
        guard let name = KindNames.name(ofKind: kind), let value = latest[kind] else { return nil }
        return DeskStateTexts.value(name, DeskScreen.number(value.value), unit: KindNames.suffix(ofUnit: value.unit))
      }
    return DeskStateTexts.matter(rule: rule, values: values)
  }

  /// What the alert says to people; the list of open alerts has no text, and names the rule.
  static func words(of alert: DeskAlert) -> Text {
    let rule = alert.facts.ruleName(in: .zh).flatMap { zh in
      alert.facts.ruleName(in: .en).map { Text(zh: zh, en: $0) }
    }
    let text =
      alert.details.map { details in
        matter(details, rule: rule) ?? Text(zh: details.text(in: .zh) ?? "?", en: details.text(in: .en) ?? "?")
      } ?? rule.map(DeskTexts.noDetails) ?? DeskTexts.noDetails
    guard !alert.isFollowed else { return text }
    return Text(
      zh: "\(text.zh)（\(DeskTexts.notFollowed.zh)）", en: "\(text.en) (\(DeskTexts.notFollowed.en))")
  }
}
