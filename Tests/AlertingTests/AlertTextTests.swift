// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts
import Vitals

@testable import Alerting

@Suite struct AlertTextTests {
  let story = BookStory()

  static func rule(_ zh: String, _ en: String, _ conditions: [Rule.Condition]) -> Rule {
    Rule(
      id: "R", version: 1, author: "test", date: "2026-03-14", name: Text(zh: zh, en: en), category: .physiological,
      priority: .high, priorityCases: [], supersedes: [], applies: .init(), conditions: conditions,
      confirmation: .init(stream: nil, spot: .one), clear: .init(conditions: [], stream: nil, readings: 1),
      onceIn: nil)
  }

  static let oxygen = rule("血氧过低", "low oxygen saturation", [.init(.value([.spo2], Bound(.below, 90)))])

  static func evidence(
    _ values: [(ObservationKind, String)], at wallMs: Int64? = BookStory.beginning, age: Age = .fresh
  ) -> Evidence {
    Evidence(
      reading: StableID(hashing: ["r"]),
      values: values.map { kind, text in
        Quantity(kind, ExactDecimal(text).map(Quantity.Content.number) ?? .absent(AbsentReason(rawValue: text) ?? .nan))
      }, observedWallMs: wallMs, age: age)
  }

  static func onset(
    _ values: [(ObservationKind, String)], _ limits: [(ObservationKind, Comparison, String, Limit.Basis)] = [],
    figure: Onset.Figure? = nil, past: Onset.Past? = nil, aggravation: Quantity? = nil, isUnconfirmed: Bool = false,
    at wallMs: Int64? = BookStory.beginning, age: Age = .fresh
  ) -> Onset {
    let evidence = evidence(values, at: wallMs, age: age)
    return Onset(
      priority: .high,
      limits: limits.compactMap { kind, op, value, basis in
        ExactDecimal(value).map { Limit(kind: kind, op: op, value: $0, basis: basis) }
      }, evidence: [evidence], decisive: evidence, figure: figure, past: past, aggravation: aggravation,
      isUnconfirmed: isUnconfirmed, link: .open)
  }

  static let low = onset([(.spo2, "86")], [(.spo2, .below, "90", .default)])

  @Test func theLanguagesAreThoseOfTheContract() {
    #expect(Language.allCases.map(\.rawValue) == ["zh", "en"])
  }

  @Test func whatAndWhenAndItsName() {
    let text = AlertText.start(Self.oxygen, Self.low, at: story.occasion)
    #expect(text.zh == "血氧 86%，低于 90%（08:05，血氧过低）")
    #expect(text.en == "SpO2 86 %, below 90 % (08:05, low oxygen saturation)")
  }

  @Test func aDayThatIsNotTodayIsNamed() {
    let day: Int64 = 86_400_000
    for (back, zh, en) in [
      (day, "3月13日 08:05", "13 Mar 08:05"), (14 * day, "2月28日 08:05", "28 Feb 08:05"),
      (73 * day, "12月31日 08:05", "31 Dec 08:05"), (-day, "3月15日 08:05", "15 Mar 08:05"),
    ] {
      let onset = Self.onset(
        [(.spo2, "86")], [(.spo2, .below, "90", .default)], at: BookStory.beginning - back)
      let text = AlertText.start(Self.oxygen, onset, at: story.occasion)
      #expect(text.zh == "血氧 86%，低于 90%（\(zh)，血氧过低）")
      #expect(text.en == "SpO2 86 %, below 90 % (\(en), low oxygen saturation)")
    }
  }

  @Test func aTimeThatNobodyKnowsIsNotSaid() {
    let limits: [(ObservationKind, Comparison, String, Limit.Basis)] = [(.spo2, .below, "90", .default)]
    let none = AlertText.start(Self.oxygen, Self.onset([(.spo2, "86")], limits, at: nil), at: story.occasion)
    #expect(none.zh == "血氧 86%，低于 90%（血氧过低）")
    #expect(none.en == "SpO2 86 %, below 90 % (low oxygen saturation)")
    let unknown = AlertText.start(
      Self.oxygen, Self.onset([(.spo2, "86")], limits, age: .unknown), at: story.occasion)
    #expect(unknown.zh == "血氧 86%，低于 90%（测量时间未知，血氧过低）")
    #expect(unknown.en == "SpO2 86 %, below 90 % (measurement time unknown, low oxygen saturation)")
  }

  @Test func aStoredReadingIsSaidAsOne() {
    let limits: [(ObservationKind, Comparison, String, Limit.Basis)] = [(.spo2, .below, "90", .default)]
    let yesterday = BookStory.beginning - 86_400_000
    let three = AlertText.late(
      Self.oxygen, Self.onset([(.spo2, "86")], limits, figure: .stored(3), at: yesterday, age: .late),
      at: story.occasion)
    #expect(three.zh == "补传：血氧 86%，低于 90%（3月13日 08:05 的存储读数，共 3 次，血氧过低）")
    #expect(
      three.en
        == "received late: SpO2 86 %, below 90 % (stored reading of 13 Mar 08:05, 3 in all, low oxygen saturation)"
    )
    let one = AlertText.late(
      Self.oxygen, Self.onset([(.spo2, "86")], limits, figure: .stored(1), at: nil, age: .late), at: story.occasion)
    #expect(one.zh == "补传：血氧 86%，低于 90%（存储读数，血氧过低）")
    #expect(one.en == "received late: SpO2 86 %, below 90 % (stored reading, low oxygen saturation)")
  }

  // MARK: what follows

  let start = Text(zh: "血氧 86%，低于 90%（08:05，血氧过低）", en: "SpO2 86 %, below 90 % (08:05, low)")

  static let durations: [(Int64, String, String)] = [
    (59_999, "不到 1 分钟", "less than 1 min"), (2_100_000, "35 分钟", "35 min"), (3_600_000, "1 小时", "1 h"),
    (7_500_000, "2 小时 5 分钟", "2 h 5 min"), (255_600_000, "71 小时", "71 h"), (360_000_000, "4 天", "4 d"),
    (-5, "不到 1 分钟", "less than 1 min"),
  ]

  @Test(arguments: durations)
  func howLong(_ milliseconds: Int64, _ zh: String, _ en: String) {
    let still = AlertText.stillThere(start, lasting: milliseconds)
    #expect(still.zh == "仍然：血氧 86%，低于 90%（08:05，血氧过低），已 \(zh)")
    #expect(still.en == "still: SpO2 86 %, below 90 % (08:05, low), for \(en)")
  }

  @Test func escalated() {
    let text = AlertText.escalated(start, to: 2, waiting: 5 * 60_000)
    #expect(text.zh == "上报第2级：血氧 86%，低于 90%（08:05，血氧过低），已 5 分钟无人确认")
    #expect(text.en == "escalated to level 2: SpO2 86 %, below 90 % (08:05, low), not acknowledged for 5 min")
  }

  @Test func acknowledged() {
    #expect(AlertText.acknowledged(by: "u-12") == Text(zh: "u-12 已确认", en: "acknowledged by u-12"))
    #expect(AlertText.acknowledged(by: String(repeating: "x", count: 500)).zh.count < 50)
  }

  static func pause(_ milliseconds: Int64?, from wallMs: Int64?, reason: String = "洗澡") -> Pause {
    Pause(
      id: StableID(hashing: []), scope: .resident, reason: reason, by: "u-1",
      from: Moment(bootID: "b", monotonicMs: 0, wallMs: wallMs, synchronized: true), milliseconds: milliseconds)
  }

  static let pauses: [(Pause, String, String)] = [
    (pause(85 * 60_000, from: BookStory.beginning), "已暂停，到 09:30（洗澡）", "paused until 09:30 (洗澡)"),
    (pause(86_400_000, from: BookStory.beginning), "已暂停，到 3月15日 08:05（洗澡）", "paused until 15 Mar 08:05 (洗澡)"),
    (pause(85 * 60_000, from: nil), "已暂停 1 小时 25 分钟（洗澡）", "paused for 1 h 25 min (洗澡)"),
    (pause(nil, from: BookStory.beginning), "已停用（洗澡）", "out of service (洗澡)"),
  ]

  @Test(arguments: pauses)
  func paused(_ pause: Pause, _ zh: String, _ en: String) {
    #expect(AlertText.paused(pause, at: story.occasion) == Text(zh: zh, en: en))
    let first = AlertText.startInPause(start, pause, at: story.occasion)
    #expect(first == Text(zh: "\(start.zh)；\(zh)", en: "\(start.en); \(en)"))
  }

  @Test func resumed() {
    #expect(
      AlertText.resumed(start)
        == Text(
          zh: "暂停结束，仍然：血氧 86%，低于 90%（08:05，血氧过低）",
          en: "pause over, still: SpO2 86 %, below 90 % (08:05, low)"))
  }

  // MARK: over

  func over(_ limits: [ObservationKind], _ values: [(ObservationKind, String)]) -> Text {
    let latest = Alert(
      alert: StableID(hashing: []), version: 1, resident: BookStory.resident, rule: "R", ruleVersion: 1, phase: .start,
      state: .active, category: .physiological, priority: .high, level: 1,
      limits: limits.map { Limit(kind: $0, op: .below, value: ExactDecimal(1), basis: .default) }, evidence: [],
      raised: story.now, supersededBy: nil, text: [:], link: .open)
    return AlertText.over(Text(zh: "名", en: "name"), latest, by: Self.evidence(values))
  }

  @Test func overByTheValueThatOffended() {
    #expect(over([.spo2], [(.spo2, "95"), (.pulseRate, "80")]) == Text(zh: "血氧现为 95%", en: "SpO2 now 95 %"))
    #expect(
      over([.systolic], [(.systolic, "128"), (.diastolic, "82")])
        == Text(zh: "血压现为 128/82 mmHg", en: "blood pressure now 128/82 mmHg"))
    #expect(
      over([.systolic], [(.systolic, "128")]) == Text(zh: "收缩压现为 128 mmHg", en: "systolic pressure now 128 mmHg"))
    #expect(over([.glucose], [(.spo2, "95")]) == Text(zh: "名：已解除", en: "name: over"))
    #expect(
      AlertText.over(Text(zh: "名", en: "name"), nil, by: nil) == Text(zh: "名：没有再出现", en: "name: not seen again"))
    #expect(AlertText.gone(Text(zh: "名", en: "name")) == Text(zh: "名：不再监测", en: "name: not watched any more"))
  }
}
