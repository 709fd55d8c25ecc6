// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import GatewayTestKit
import SQLite
import Testing
import Vitals

@testable import Journal

/// What the clinic has said of people, what silences them and what is usual for them: wrong it would be worse than lost.
@Suite("People in a damaged database")
struct PersonSalvageTests {
  private static let people = 60

  let files: JournalFiles
  let residents: [ResidentID]

  init() throws {
    files = try JournalFiles()
    residents = try (0..<Self.people).map { try #require(ResidentID("r-\(1000 + $0)")) }
  }

  private func settings(_ number: Int) -> PersonSettings {
    var settings = PersonSettings()
    settings.version = number + 1
    settings.born = 1930 + number
    settings.conditions = [.scale2]
    settings.limits = [
      PersonSettings.OwnLimit(
        rule: "OX-1", kind: .spo2, op: .below, value: ExactDecimal(80 + number % 8), by: "u-12", why: "慢阻肺，病情稳定",
        untilWallMs: Samples.wallMs + Int64(number))
    ]
    return settings
  }

  private func pauses(_ number: Int) -> [Pause] {
    [Pause.Scope.resident, .rule("HR-1"), .alert(StableID(hashing: ["a\(number)"]))].enumerated().map {
      Pause(
        id: StableID(hashing: ["\(number)", "\($0)"]), scope: $1, reason: "洗澡 \(number)", by: "u-1",
        from: Samples.moment(Int64(number * 3 + $0)), milliseconds: $0 == 1 ? nil : 60_000)
    }
  }

  private func hours(_ number: Int) -> [Baseline.Hour] {
    (0..<24).map {
      Baseline.Hour(kind: .spo2, day: 20_500, hour: $0, median: ExactDecimal(90 + number % 8), count: 100 + $0)
    }
  }

  /// A database with so many people that each of the tables has several pages, closed.
  private func fill() async throws {
    let journal = try files.open()
    try await journal.write(now: Samples.moment(1)) { writer in
      for (number, resident) in residents.enumerated() {
        try writer.set(settings(number), of: resident)
        try writer.set(pauses(number), of: resident)
        try writer.add(hours(number), of: resident)
      }
    }
    await journal.close()
  }

  /// How many rows of each are there. What is there is what was there.
  private func check(_ journal: Journal, isolation: isolated (any Actor)? = #isolation) async throws -> [Int] {
    var counts = [0, 0, 0]
    let numbers = Dictionary(residents.enumerated().map { ($1, $0) }, uniquingKeysWith: { $1 })
    for case (let resident, let found?) in try await journal.personSettings() {
      let number = try #require(numbers[resident])
      #expect(found == settings(number))
      counts[0] += 1
    }
    for (resident, found) in try await journal.pauses() {
      let number = try #require(numbers[resident])
      #expect(found.allSatisfy(pauses(number).contains))
      counts[1] += found.count
    }
    for (resident, found) in try await journal.baselines() {
      let number = try #require(numbers[resident])
      #expect(found.allSatisfy(hours(number).contains))
      counts[2] += found.count
    }
    return counts
  }

  private static let all = [people, people * 3, people * 24]

  @Test func `A damaged first page costs nobody anything`() async throws {
    try await fill()
    var octets = files.octets(of: files.path)
    octets[3] ^= 0x20
    files.write(octets, to: files.path)
    let journal = try files.open(epoch: "epoch-2")
    #expect(journal.recovery?.saved != nil)
    #expect(try await check(journal) == Self.all)
  }

  /// Only the rows that stand in the root itself are lost.
  @Test(arguments: ["person", "pause", "baseline"]) func `Where a root is damaged the pages below it are found`(
    table: String
  ) async throws {
    try await fill()
    let image = try #require(DatabaseImage(path: files.path))
    let root = try #require(image.tables()[table])
    var octets = files.octets(of: files.path)
    for at in 0..<12 { octets[(Int(root) - 1) * Connection.pageSize + at] ^= 0xff }
    files.write(octets, to: files.path)
    let journal = try files.open(epoch: "epoch-2")
    let counts = try await check(journal)
    for (index, name) in ["person", "pause", "baseline"].enumerated() {
      #expect(
        name == table
          ? counts[index] < Self.all[index] && counts[index] > Self.all[index] / 2 : counts[index] == Self.all[index],
        "\(name): \(counts[index])")
    }
  }

  /// A pause that has become another's, or longer, would silence somebody.
  @Test(arguments: 0..<4) func `Random damage never makes another one`(seed: UInt64) async throws {
    try await fill()
    let whole = files.octets(of: files.path)
    var random = SplitMix(state: seed)
    var saved = [0, 0, 0]
    for _ in 0..<12 {
      let files = try JournalFiles()
      var octets = whole
      octets[3] ^= 0x20
      for _ in 0..<40 {
        let at = Int(random.next() % UInt64(octets.count - 200)) + 200
        octets[at] ^= UInt8(truncatingIfNeeded: random.next() % 255 + 1)
      }
      files.write(octets, to: files.path)
      let journal = try files.open(epoch: "epoch-2")
      for (index, count) in try await check(journal).enumerated() { saved[index] += count }
    }
    for (index, count) in saved.enumerated() { #expect(count > Self.all[index], "of 12 times \(Self.all[index])") }
  }
}
