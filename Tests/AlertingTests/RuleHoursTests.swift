// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@testable import Alerting

/// Rules that look at what is measured at some hours of the day only: a weight in the morning.
@Suite struct RuleHoursTests {
  private let day = 86_400.0
  private let hour = 3600.0

  /// Second 0 is 08:00.
  private func story() throws -> DetectorStory {
    DetectorStory(try RuleLoader.edition("cn").rules.filter { $0.id == "WT-1" })
  }

  @Test func theEveningIsNotHeldAgainstTheMorning() throws {
    var story = try story()
    story.spot((.bodyWeight, "70"), at: 0)
    #expect(story.spot((.bodyWeight, "72.0"), at: 12 * hour).isEmpty)
    #expect(story.spot((.bodyWeight, "72.0"), at: day).brief == ["WT-1 began"])
    // Nor does it end it.
    #expect(story.spot((.bodyWeight, "70"), at: day + 4 * hour).isEmpty)
    #expect(story.spot((.bodyWeight, "70"), at: 2 * day).brief == ["WT-1 ended"])
  }

  @Test func norTheMorningAgainstTheEvening() throws {
    var story = try story()
    story.spot((.bodyWeight, "72.0"), at: 0)
    story.spot((.bodyWeight, "70"), at: 12 * hour)
    #expect(story.spot((.bodyWeight, "72.5"), at: day).isEmpty)
  }

  /// When it was measured, not when it came.
  @Test(arguments: [(3.99, false), (4, true), (11.99, true), (12, false)])
  func theHourOfTheMeasurementCounts(clock: Double, counts: Bool) throws {
    var story = try story()
    story.spot((.bodyWeight, "70"), at: 0)
    let measured = day + (clock - 8) * hour
    story.spot((.bodyWeight, "72"), at: day + 4.5 * hour, measured: measured.rounded())
    #expect(story.findings.brief == (counts ? ["WT-1 began"] : []))
  }

  /// While the clock is unknown there is no past either: another rule shows it.
  @Test func anUnknownHourCounts() throws {
    let edition = try RuleLoader.edition("cn").rules
    let weight = try #require(edition.first { $0.id == "WT-1" })
    let rule = Rule(
      id: "XX-1", version: 1, author: "Vigil", date: "2026-11-22", name: weight.name, category: .physiological,
      priority: .low, priorityCases: [], supersedes: [], applies: .init(hours: 0..<1),
      conditions: [.init(.value([.spo2], Bound(.below, 90)))], confirmation: .init(stream: 30_000, spot: .one),
      clear: .init(conditions: [], stream: 60_000, readings: 1), onceIn: nil)
    var story = DetectorStory([rule])
    #expect(story.spot((.spo2, "80"), at: 0).isEmpty)
    #expect(story.stream(.spo2, "80", 1...60).isEmpty)
    story.clock = nil
    var stream = story
    #expect(story.spot((.spo2, "80"), at: 100).brief == ["XX-1 began"])
    #expect(stream.stream(.spo2, "80", 100...130).brief == ["XX-1 began"])
  }

  /// The mean over days is of those hours too.
  @Test func anAverageOfMornings() throws {
    let average = try #require(TestRules.some("BP-4").first)
    let rule = Rule(
      id: "BP-4", version: 1, author: "Vigil", date: "2026-11-22", name: average.name, category: .physiological,
      priority: .low, priorityCases: [], supersedes: [], applies: .init(hours: 240..<720),
      conditions: average.conditions, confirmation: average.confirmation, clear: average.clear, onceIn: nil)
    var story = DetectorStory([rule])
    for index in 0..<5 {
      for second in [0.0, 60, 120] { story.pressure("140", "70", at: Double(index) * day + second) }
      story.tick(at: Double(index) * day + 700)
      for second in [0.0, 60, 120] { story.pressure("110", "70", at: Double(index) * day + 12 * hour + second) }
    }
    #expect(story.findings.brief == ["BP-4 began"])
  }
}
