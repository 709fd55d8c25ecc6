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

  static func lost(_ gateway: GatewayState, at now: DeskMoment) -> Text {
    let since = gateway.lastSign?.monotonicMs ?? gateway.firstHeard.monotonicMs
    return DeskTexts.isLost(
      gateway: gateway.id, duration: DeskTexts.duration((now.monotonicMs - since) / 1000),
      last: gateway.lastSign.map { timeOfDay($0.wallMs) })
  }

  /// What the alert says to people.
  static func words(of alert: DeskAlert) -> Text {
    let text =
      alert.details.map { details in
        Text(zh: details.text(in: .zh) ?? "?", en: details.text(in: .en) ?? "?")
      } ?? DeskTexts.noDetails
    guard !alert.isFollowed else { return text }
    return Text(
      zh: "\(text.zh)（\(DeskTexts.notFollowed.zh)）", en: "\(text.en) (\(DeskTexts.notFollowed.en))")
  }
}
