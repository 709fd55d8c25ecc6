// SPDX-License-Identifier: GPL-3.0-or-later
import GatewayTestKit
import Testing
import Vitals

@Suite struct StreamSummaryTests {
  /// A sample of each text at each second, from the beginning of a minute on.
  func samples(_ texts: [String], kind: ObservationKind = .heartRate, quality: Quality = .valid) throws -> [Observation]
  {
    try texts.enumerated().map { index, text in
      try Samples.observation(
        at: 120_000 + Int64(index) * 1000, [Quantity(kind, .number(try #require(ExactDecimal(text))))],
        quality: quality)
    }
  }

  func value(_ texts: [String]) throws -> StreamSummary.Value {
    let summary = try #require(StreamSummary(of: samples(texts)))
    try #require(summary.values.count == 1)
    return summary.values[0]
  }

  @Test func aMinuteIsSummedUp() throws {
    let summary = try #require(StreamSummary(of: samples(["61", "79", "70"])))
    #expect(summary.from.monotonicMs == 120_000 && summary.to.monotonicMs == 180_000)
    #expect(summary.from.wallMs == Samples.wallMs + 120_000 && summary.to.wallMs == Samples.wallMs + 180_000)
    #expect(summary.coveredSeconds == 3 && summary.samples == 3 && summary.quality == .valid)
    #expect(
      summary.values == [
        StreamSummary.Value(
          kind: .heartRate, count: 3, minimum: ExactDecimal(61), maximum: ExactDecimal(79), mean: ExactDecimal("70.0"),
          last: ExactDecimal(70))
      ])
    #expect(summary.resident == ResidentID("r-31k7") && summary.purpose == .care && summary.revision == 1)
    #expect(StreamSummary(of: []) == nil)
  }

  @Test(arguments: [
    (["72"], "72.0"), (["61", "62"], "61.5"), (["1", "1", "2"], "1.3"), (["1", "2", "2"], "1.7"),
    // Halves of the last digit: to the even one.
    (["1", "1", "1", "2"], "1.2"), (["1", "2", "2", "2"], "1.8"), (["-1", "-1", "-1", "-2"], "-1.2"),
    // One digit more than the finest of them has.
    (["36.5", "36.55"], "36.525"), (["36.50", "36.50"], "36.500"), (["833.0078125", "834"], "833.50390625"),
    (["0", "0"], "0.0"),
  ])
  func theMeanIsExact(texts: [String], mean: String) throws {
    #expect(try value(texts).mean?.description == mean)
  }

  @Test func theLeastAndTheMostKeepTheirDigits() throws {
    let value = try value(["36.50", "36.4", "37.10", "36.6"])
    #expect([value.minimum, value.maximum, value.last].map(\.description) == ["36.4", "37.10", "36.6"])
  }

  /// What no device means, and no sum holds.
  @Test func aSumThatDoesNotFitLeavesTheMeanOut() throws {
    let large = try #require(ExactDecimal(mantissa: .max, exponent: 0))
    let small = try #require(ExactDecimal(mantissa: 1, exponent: -150))
    for pair in [[large, large], [large, small], [small, small]] {
      let samples = try pair.enumerated().map { index, number in
        try Samples.observation(at: Int64(index), [Quantity(.heartRate, .number(number))])
      }
      let value = try #require(StreamSummary(of: samples)?.values.first)
      #expect(value.mean == nil && value.count == 2 && value.last == pair[1])
    }
  }

  @Test func validSamplesCountBeforeQuestionableOnes() throws {
    let doubt = try samples(["200"], quality: .questionable)
    let mixed = try samples(["60", "70"]) + doubt + samples(["300"], quality: .invalid)
    let summary = try #require(StreamSummary(of: mixed))
    #expect(summary.quality == .valid && summary.samples == 4)
    #expect(summary.values.first?.count == 2 && summary.values.first?.maximum == ExactDecimal(70))

    let doubtful = try doubt + samples(["300"], quality: .invalid)
    #expect(StreamSummary(of: doubtful)?.quality == .questionable)
    #expect(StreamSummary(of: doubtful)?.values.map(\.maximum) == [ExactDecimal(200)])

    let bad = try #require(StreamSummary(of: samples(["300"], quality: .invalid)))
    #expect(bad.quality == .invalid && bad.values.isEmpty && bad.samples == 1)
  }

  /// A finger that is not there: valid samples with no number do not hide the questionable ones that have one.
  @Test func aValueThatIsAbsentIsNotCounted() throws {
    let absent = try Samples.observation(
      at: 121_000, [Quantity(.spo2, .absent(.nan)), Samples.quantity(.pulseRate, 72)])
    let summary = try #require(StreamSummary(of: [absent] + samples(["97"], kind: .spo2)))
    #expect(summary.values.map(\.kind) == [.pulseRate, .spo2] && summary.values.map(\.count) == [1, 1])
    let empty = try Samples.observation(at: 121_000, [Quantity(.spo2, .absent(.nan))])
    let doubtful = try samples(["88"], kind: .spo2, quality: .questionable)
    #expect(StreamSummary(of: [empty] + doubtful)?.quality == .questionable)
    #expect(StreamSummary(of: [empty])?.quality == .invalid)
  }

  @Test func severalValuesOfOneSampleAreAllCounted() throws {
    let beat = try Samples.observation(
      at: 1, [Samples.quantity(.rrInterval, 800), Samples.quantity(.rrInterval, 900)])
    let value = try #require(StreamSummary(of: [beat])?.values.first)
    #expect(value.count == 2 && value.mean == ExactDecimal(850) && value.last == ExactDecimal(900))
  }

  @Test func coverageIsInDistinctSeconds() throws {
    let samples = try [0, 400, 999, 1000, 59_999].map {
      try Samples.observation(at: 180_000 + $0, [Samples.quantity(.heartRate, 70)])
    }
    #expect(StreamSummary(of: samples)?.coveredSeconds == 3)
  }

  @Test func theIdIsOfTheSourceAndTheMinute() throws {
    let one = try #require(StreamSummary(of: samples(["61", "79"])))
    let fewer = try #require(StreamSummary(of: samples(["61"])))
    #expect(one.reading == fewer.reading)
    let other = try Samples.observation(at: 120_000, [Samples.quantity(.heartRate, 61)], resident: "r-0002")
    #expect(StreamSummary(of: [other])?.reading != one.reading)
    let later = try Samples.observation(at: 180_000, [Samples.quantity(.heartRate, 61)])
    #expect(StreamSummary(of: [later])?.reading != one.reading)
    // The rest of a minute of which a part has been summed up.
    let rest = try #require(StreamSummary(of: samples(["61"]), fromMs: 120_500))
    #expect(rest.reading != one.reading && rest.from.monotonicMs == 120_500 && rest.to == one.to)
  }

  @Test func aSynchronizedClockIsBelievedFirst() throws {
    func sample(_ ms: Int64, wallMs: Int64?, synchronized: Bool) throws -> Observation {
      let plain = try Samples.observation(at: ms, [Samples.quantity(.heartRate, 70)])
      return Observation(
        reading: plain.reading, device: plain.device, profile: plain.profile, characteristic: plain.characteristic,
        link: plain.link, resident: plain.resident, purpose: plain.purpose, user: nil,
        received: Moment(bootID: Samples.bootID, monotonicMs: ms, wallMs: wallMs, synchronized: synchronized),
        observedWallMs: wallMs, clock: plain.clock, age: .fresh, quality: .valid, status: [], values: plain.values,
        isStream: true)
    }
    let unknown = try sample(1000, wallMs: nil, synchronized: false)
    let free = try sample(2000, wallMs: 7_000_000, synchronized: false)
    let good = try sample(3000, wallMs: 9_000_000, synchronized: true)
    let summary = try #require(StreamSummary(of: [unknown, good, free]))
    #expect(summary.from.wallMs == 8_997_000 && summary.to.wallMs == 9_057_000 && summary.from.synchronized)
    #expect(StreamSummary(of: [free, unknown])?.from.wallMs == 6_998_000)
    #expect(StreamSummary(of: [free, unknown])?.to.synchronized == false)
    #expect(StreamSummary(of: [unknown])?.to.wallMs == nil)
  }

  @Test func aCorrectionKeepsTheId() throws {
    let summary = try #require(StreamSummary(of: samples(["61"])))
    let amended = summary.corrected(
      revision: 2, state: .amended, wallMs: 1_000_000, synchronized: true, resident: ResidentID("r-0002"))
    #expect(amended.reading == summary.reading && amended.revision == 2 && amended.state == .amended)
    #expect(amended.to.wallMs == 1_000_000 && amended.from.wallMs == 940_000)
    #expect(amended.resident == ResidentID("r-0002"))
  }
}
