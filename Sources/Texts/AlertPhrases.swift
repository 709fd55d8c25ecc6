// SPDX-License-Identifier: GPL-3.0-or-later

/// The phrases of alerts.
package enum AlertPhrases {
  package static let below = Text(zh: "低于", en: "below")
  package static let atMost = Text(zh: "达到或低于", en: "at or below")
  package static let above = Text(zh: "高于", en: "above")
  package static let atLeast = Text(zh: "达到或高于", en: "at or above")
  package static let listComma = Text(zh: "；", en: "; ")
  package static let comma = Text(zh: "，", en: ", ")
  package static let with = Text(zh: "同时", en: "with ")
  package static let backTo = Text(zh: "恢复到 ", en: " back to ")
  package static let unconfirmed = Text(zh: "没有复测，未经确认", en: "no second reading, unconfirmed")
  package static let timeUnknown = Text(zh: "测量时间未知", en: "measurement time unknown")
  package static let superseded = Text(
    zh: "已由同类更严重的警报取代", en: "replaced by a more serious alert of the same kind")
}
