// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts
import Vitals

@testable import Alerting

@Suite struct AlertMatterTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let conditions: [Rule.Condition]
    let onset: Onset
    let zh: String
    let en: String
    var testDescription: String { en }

    init(_ conditions: [Rule.Condition], _ onset: Onset, _ zh: String, _ en: String) {
      self.conditions = conditions
      self.onset = onset
      self.zh = zh
      self.en = en
    }
  }

  typealias Texts = AlertTextTests

  static let pressures: [Rule.Condition] = [
    .init(.value([.systolic], Bound(.atLeast, 180))), .init(.value([.diastolic], Bound(.atLeast, 110))),
  ]
  static let pulse = Quantity(.pulseRate, .number(ExactDecimal(115)))

  static let cases: [Case] = [
    Case(
      pressures, Texts.onset([(.systolic, "182"), (.diastolic, "101")], [(.systolic, .atLeast, "180", .default)]),
      "血压 182/101 mmHg，收缩压达到或高于 180 mmHg", "blood pressure 182/101 mmHg, systolic pressure at or above 180 mmHg"),
    Case(
      pressures,
      Texts.onset(
        [(.systolic, "182"), (.diastolic, "111")],
        [(.systolic, .atLeast, "180", .default), (.diastolic, .atLeast, "110", .default)], isUnconfirmed: true),
      "血压 182/111 mmHg，达到或高于 180/110 mmHg，没有复测，未经确认",
      "blood pressure 182/111 mmHg, at or above 180/110 mmHg, no second reading, unconfirmed"),
    Case(
      pressures,
      Texts.onset(
        [(.systolic, "181.66667"), (.diastolic, "101")], [(.systolic, .atLeast, "180", .own)],
        figure: .meanOf(readings: 2)),
      "血压均值 181.7/101 mmHg（2次测量），收缩压达到或高于本人限值 180 mmHg",
      "mean blood pressure 181.7/101 mmHg (2 readings), systolic pressure at or above the person's own 180 mmHg"),
    Case(
      pressures,
      Texts.onset(
        [(.systolic, "151"), (.diastolic, "88")], [(.systolic, .atLeast, "135", .default)],
        figure: .homeAverage(days: 7, readings: 14)),
      "家测血压平均 151/88 mmHg（7天14次），收缩压达到或高于 135 mmHg",
      "home average blood pressure 151/88 mmHg (14 readings in 7 days), systolic pressure at or above 135 mmHg"),
    Case(
      pressures,
      Texts.onset(
        [(.systolic, "165"), (.diastolic, "96")], [(.systolic, .atLeast, "160", .default)], figure: .sessions(2)),
      "血压 165/96 mmHg（2轮测量），收缩压达到或高于 160 mmHg",
      "blood pressure 165/96 mmHg (2 sessions), systolic pressure at or above 160 mmHg"),
    Case(
      [.init(.value([.systolic], Bound(.atMost, 90)))],
      Texts.onset([(.systolic, "88")], [(.systolic, .atMost, "90", .default)], aggravation: pulse),
      "收缩压 88 mmHg，达到或低于 90 mmHg，同时脉率 115 次/分",
      "systolic pressure 88 mmHg, at or below 90 mmHg, with pulse rate 115 /min"),
    Case(
      [.init(.change([.spo2], .atMost, offset: ExactDecimal(-4), of: .median))],
      Texts.onset(
        [(.spo2, "91")], [(.spo2, .atMost, "92", .baseline)], past: .init(.median, .spo2, ExactDecimal(96))),
      "血氧 91%，比平时 96% 低 5 个百分点", "SpO2 91 %, 5 points below the usual 96 %"),
    Case(
      [.init(.change([.bodyWeight], .atLeast, offset: ExactDecimal(2), of: .least(days: 3)))],
      Texts.onset(
        [(.bodyWeight, "72.50")], [(.bodyWeight, .atLeast, "72.1", .baseline)],
        past: .init(.least(days: 3), .bodyWeight, ExactDecimal("70.1") ?? ExactDecimal(0))),
      "体重 72.50 kg，比 3 天内最低 70.1 kg 高 2.40 kg", "body weight 72.50 kg, 2.40 kg above the least of 3 days, 70.1 kg"),
    Case(
      [
        .init(
          .value([.systolic], Bound(.atMost, 100)), given: .init(.mean, .systolic, Bound(.atLeast, 120)))
      ],
      Texts.onset(
        [(.systolic, "98")], [(.systolic, .atMost, "100", .default)], past: .init(.mean, .systolic, ExactDecimal(135))),
      "收缩压 98 mmHg，达到或低于 100 mmHg，平时 135 mmHg",
      "systolic pressure 98 mmHg, at or below 100 mmHg, usually 135 mmHg"),
    Case(
      [.init(.change([.systolic], .atMost, offset: ExactDecimal(-40), of: .mean))],
      Texts.onset(
        [(.systolic, "109")], [(.systolic, .atMost, "110", .baseline)], figure: .meanOf(readings: 2),
        past: .init(.mean, .systolic, ExactDecimal(150))),
      "收缩压均值 109 mmHg（2次测量），比平时 150 mmHg 低 41 mmHg",
      "mean systolic pressure 109 mmHg (2 readings), 41 mmHg below the usual 150 mmHg"),
    Case(
      [
        .init(.value([.systolic], Bound(.atMost, 100)), given: .init(.mean, .systolic, Bound(.atLeast, 120))),
        .init(.change([.systolic], .atMost, offset: ExactDecimal(-40), of: .mean)),
      ],
      Texts.onset(
        [(.systolic, "99")], [(.systolic, .atMost, "100", .own), (.systolic, .atMost, "110", .baseline)],
        figure: .meanOf(readings: 3), past: .init(.mean, .systolic, ExactDecimal(150))),
      "收缩压均值 99 mmHg（3次测量），达到或低于本人限值 100 mmHg，平时 150 mmHg",
      "mean systolic pressure 99 mmHg (3 readings), at or below the person's own 100 mmHg, usually 150 mmHg"),
    Case(
      [.init(.value([.glucose], Bound(.below, 3))), .init(.absent([.glucose], .ninf))],
      Texts.onset([(.glucose, "ninf")]), "血糖低于仪器可测范围（LO）", "glucose below the meter's range (LO)"),
    Case(
      [.init(.absent([.glucose], .pinf))], Texts.onset([(.glucose, "pinf")]), "血糖高于仪器可测范围（HI）",
      "glucose above the meter's range (HI)"),
    Case(
      [.init(.value([.glucose], Bound(.below, 3))), .init(.absent([.glucose], .ninf))],
      Texts.onset([(.glucose, "2.9")], [(.glucose, .below, "3.0", .default)]), "血糖 2.9 mmol/L，低于 3.0 mmol/L",
      "glucose 2.9 mmol/L, below 3.0 mmol/L"),
    Case(
      [.init(.status("irregular-pulse", [.systolic]))], Texts.onset([(.systolic, "130")], figure: .sessions(2)),
      "脉搏不齐（2轮测量）", "irregular pulse (2 sessions)"),
    Case(
      [.init(.difference(.systolic, .diastolic, Bound(.below, 20))), .init(.value([.systolic], Bound(.above, 300)))],
      Texts.onset([(.systolic, "120"), (.diastolic, "110")], [(.systolic, .below, "20", .default)]),
      "血压 120/110 mmHg，脉压 10 mmHg，低于 20 mmHg",
      "blood pressure 120/110 mmHg, pulse pressure 10 mmHg, below 20 mmHg"),
    Case(
      [.init(.difference(.systolic, .diastolic, Bound(.below, 20))), .init(.value([.systolic], Bound(.above, 300)))],
      Texts.onset([(.systolic, "310"), (.diastolic, "110")], [(.systolic, .above, "300", .default)]),
      "血压 310/110 mmHg，收缩压高于 300 mmHg", "blood pressure 310/110 mmHg, systolic pressure above 300 mmHg"),
    Case(
      [.init(.value([.bodyTemperature], Bound(.atLeast, 39)))],
      Texts.onset([(.bodyTemperature, "39.20")], [(.bodyTemperature, .atLeast, "39.1", .default)]),
      "体温 39.20 ℃，达到或高于 39.1 ℃", "body temperature 39.20 °C, at or above 39.1 °C"),
    Case(
      [.init(.value([.heartRate, .pulseRate], Bound(.atMost, 40)))],
      Texts.onset([(.pulseRate, "38")], [(.pulseRate, .atMost, "40", .default)]), "脉率 38 次/分，达到或低于 40 次/分",
      "pulse rate 38 /min, at or below 40 /min"),
    Case([], Texts.onset([]), "名", "name"),
  ]

  @Test(arguments: cases) func readInThreeSeconds(_ matter: Case) {
    let text = AlertMatter(Texts.rule("名", "name", matter.conditions), matter.onset).text
    #expect(text.zh == matter.zh)
    #expect(text.en == matter.en)
  }

  /// With the longest of everything around it.
  @Test(arguments: cases) func chineseIsShort(_ matter: Case) {
    let rule = Texts.rule("老年人血压未控制的名字", "name", matter.conditions)
    let start = AlertText.start(rule, matter.onset, at: BookStory().occasion)
    #expect(AlertText.escalated(start, to: 3, waiting: 71 * 3_660_000).zh.count <= 120)
    #expect(AlertText.late(rule, matter.onset, at: BookStory().occasion).zh.count <= 120)
  }

  /// A limit set aside, or one whose value is missing, is no trap and no empty text.
  @Test func oddFindingsAreSaidAsWell() {
    let limits: [(ObservationKind, Comparison, String, Limit.Basis)] = [(.spo2, .below, "90", .baseline)]
    for onset in [Texts.onset([(.spo2, "95")], limits), Texts.onset([], limits), Texts.onset([(.spo2, "nan")], limits)]
    {
      let text = AlertMatter(Texts.oxygen, onset).text
      #expect(!text.zh.isEmpty && !text.en.isEmpty)
    }
    let huge = ExactDecimal(mantissa: .min, exponent: 0) ?? ExactDecimal(0)
    let onset = Texts.onset([(.spo2, "86")], limits, past: .init(.median, .spo2, huge))
    #expect(AlertMatter(Texts.oxygen, onset).text.zh.hasPrefix("血氧 86%"))
  }
}
