// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import GatewayTestKit
import Journal
import Testing
import Vitals

/// Streams without a number for each sample.
@Suite struct SummarisingTests {
  let directory: TemporaryDirectory
  let loop: EventLoop

  init() throws {
    directory = try TemporaryDirectory()
    loop = try EventLoop(name: "journal")
  }

  func open() throws -> Journal {
    try Journal(path: directory.file("vigil.db"), loop: loop, newEpoch: "epoch", now: Samples.moment(0))
  }

  func beat(_ value: Int, at ms: Int64, resident: String = "r-31k7") throws -> Observation {
    try Samples.observation(at: ms, [Samples.quantity(.heartRate, value)], resident: resident)
  }

  func add(_ observations: [Observation], to journal: Journal) async throws {
    try await journal.write(now: Samples.moment(0)) { writer in
      for observation in observations { try writer.append(observation, bytes: [0], isNumbered: false) }
    }
  }

  func contents(_ journal: Journal) async throws -> [LedgerEntry.Content] {
    try await journal.entries(.reading, after: 1, limit: 1000).map(\.content)
  }

  func summaries(_ journal: Journal) async throws -> [StreamSummary] {
    try await contents(journal).compactMap { if case .summary(let summary) = $0 { summary } else { nil } }
  }

  func singly(_ journal: Journal) async throws -> [Int64] {
    try await contents(journal).compactMap { content in
      if case .reading(let observation) = content { observation.received.monotonicMs } else { nil }
    }
  }

  func summariseAll(_ journal: Journal) async throws {
    while let minute = try await journal.nextMinute() {
      try await journal.write(now: Samples.moment(0)) { try $0.summarise(minute) }
    }
  }

  @Test func aMinuteHasASummaryOfEachSource() async throws {
    let journal = try open()
    try await add(
      [beat(60, at: 120_000), beat(80, at: 120_001, resident: "r-0002"), beat(70, at: 179_999)], to: journal)
    try await add([beat(90, at: 180_000)], to: journal)
    #expect(try await contents(journal).isEmpty)
    let minute = try #require(try await journal.nextMinute())
    #expect(minute.fromMs == 120_000 && minute.toMs == 180_000 && minute.bootID == Samples.bootID)
    try await journal.write(now: Samples.moment(185_000)) { try $0.summarise(minute) }
    let found = try await summaries(journal)
    #expect(
      found
        == [
          StreamSummary(of: [try beat(60, at: 120_000), try beat(70, at: 179_999)]),
          StreamSummary(of: [try beat(80, at: 120_001, resident: "r-0002")]),
        ].compactMap { $0 })
    #expect(try await journal.nextMinute()?.fromMs == 180_000)
    #expect(
      try await journal.entries(.reading, after: 1, limit: 9).map(\.atWallMs) == [
        Samples.wallMs + 185_000, Samples.wallMs + 185_000,
      ])
  }

  @Test func whatIsInterruptedIsDoneOnceMore() async throws {
    struct Interrupted: Error {}
    let first = try open()
    try await add([beat(60, at: 1000), beat(70, at: 2000)], to: first)
    let minute = try #require(try await first.nextMinute())
    await #expect(throws: Interrupted.self) {
      try await first.write(now: Samples.moment(0)) { writer in
        try writer.summarise(minute)
        throw Interrupted()
      }
    }
    #expect(try await contents(first).isEmpty)
    await first.close()

    let second = try open()
    try await summariseAll(second)
    #expect(try await summaries(second).map(\.samples) == [2])
    #expect(try await second.nextMinute() == nil)
  }

  @Test func aSummaryIsAmendedWhenItsTimeIsKnown() async throws {
    let journal = try open()
    let plain = try beat(60, at: 61_000)
    let timeless = Observation(
      reading: plain.reading, device: plain.device, profile: plain.profile, characteristic: plain.characteristic,
      link: plain.link, resident: plain.resident, purpose: .care, user: nil,
      received: Samples.moment(61_000, wall: false), observedWallMs: nil, clock: plain.clock, age: .fresh,
      quality: .valid, status: [], values: plain.values, isStream: true)
    try await add([timeless], to: journal)
    try await summariseAll(journal)
    _ = try await journal.amendTimes(after: 0, limit: 100, now: Samples.moment(500_000))
    let found = try await summaries(journal)
    #expect(found.map(\.revision) == [1, 2] && found.map(\.state) == [.final, .amended])
    #expect(found.map { $0.from.wallMs } == [nil, Samples.wallMs + 60_000])
    #expect(found.map { $0.to.wallMs } == [nil, Samples.wallMs + 120_000])
    #expect(Set(found.map(\.reading)).count == 1 && found.last?.to.synchronized == true)
  }

  @Test func spotReadingsAndTestReadingsAreNotSummedUp() async throws {
    let journal = try open()
    let spot = try Samples.observation(at: 1, [Samples.quantity(.systolic, 128)], stream: false, characteristic: "2A35")
    let sample = try beat(60, at: 2)
    let test = Observation(
      reading: sample.reading, device: sample.device, profile: sample.profile, characteristic: sample.characteristic,
      link: sample.link, resident: sample.resident, purpose: .commissioning, user: nil, received: sample.received,
      observedWallMs: nil, clock: sample.clock, age: .fresh, quality: .valid, status: [], values: sample.values,
      isStream: true)
    try await journal.write(now: Samples.moment(0)) { writer in
      try writer.append(spot, bytes: [])
      #expect(try writer.append(test, bytes: []) != nil)
    }
    #expect(try await journal.nextMinute() == nil)
  }

  /// Full, then summaries, then full, then summaries, all in one minute: what had a number is not summed up.
  @Test func aChangeOfTheConfigurationCountsEachSampleOnce() async throws {
    let journal = try open()
    let all = try (1...8).map { try beat(60 + $0, at: 60_000 + Int64($0)) }
    func write(_ some: ArraySlice<Observation>, isNumbered: Bool) async throws {
      try await journal.write(now: Samples.moment(0)) { writer in
        for one in some { try writer.append(one, bytes: [], isNumbered: isNumbered) }
      }
    }
    func change(to isSummarising: Bool) async throws {
      try await journal.write(now: Samples.moment(0)) { try $0.setSummarising(isSummarising) }
    }
    try await write(all[0..<2], isNumbered: true)
    #expect(try await !journal.isSummarising())
    try await change(to: true)
    #expect(try await journal.isSummarising())
    #expect(try await journal.nextMinute() == nil)
    try await write(all[2..<4], isNumbered: false)
    try await summariseAll(journal)
    try await change(to: false)
    try await write(all[4..<6], isNumbered: true)
    try await change(to: true)
    try await write(all[6..<8], isNumbered: false)
    try await summariseAll(journal)

    let found = try await summaries(journal)
    #expect(found.map(\.samples) == [2, 2])
    #expect(found.map { $0.from.monotonicMs } == [60_000, 60_007])
    #expect(Set(found.map(\.reading)).count == 2)
    #expect(try await singly(journal) == [60_001, 60_002, 60_005, 60_006])
  }
}

extension SummarisingTests {
  /// One sample a second from the beginning of the boot on.
  func addSeconds(_ seconds: ClosedRange<Int64>, to journal: Journal, resident: String = "r-31k7") async throws {
    try await add(seconds.map { try beat(60, at: $0 * 1000, resident: resident) }, to: journal)
  }

  func start(_ journal: Journal, atSecond second: Int64, resident: String = "r-31k7") async throws {
    let resident = try #require(ResidentID(resident))
    try await journal.write(now: Samples.moment(0)) {
      try $0.openFullStream(of: resident, around: Samples.moment(second * 1000))
    }
  }

  func send(_ journal: Journal) async throws {
    for window in try await journal.fullStreams() {
      while try await journal.write(now: Samples.moment(0), { try $0.sendInFull(window, limit: 7) }) > 0 {}
    }
  }

  func close(_ journal: Journal) async throws {
    for window in try await journal.fullStreams() {
      #expect(try await !journal.hasSamples(window))
      try await journal.write(now: Samples.moment(0)) { try $0.closeFullStream(window) }
    }
    #expect(try await journal.fullStreams().isEmpty)
  }

  @Test func aroundAnAlertASampleIsSentOnce() async throws {
    let journal = try open()
    try await addSeconds(1...200, to: journal)
    try await addSeconds(150...200, to: journal, resident: "r-0002")
    try await start(journal, atSecond: 200)
    #expect(try await singly(journal).isEmpty)
    try await send(journal)
    #expect(try await singly(journal) == (140...200).map { $0 * 1000 })
    try await addSeconds(201...300, to: journal)
    try await send(journal)
    try await send(journal)
    #expect(try await singly(journal) == (140...260).map { $0 * 1000 })
    try await close(journal)
  }

  /// The second starts in the first one's window, the third when that has been closed, the fourth much later.
  @Test func windowsThatOverlapSendASampleOnce() async throws {
    let journal = try open()
    try await addSeconds(1...100, to: journal)
    try await start(journal, atSecond: 100)
    try await send(journal)
    try await addSeconds(101...130, to: journal)
    try await start(journal, atSecond: 130)
    try await addSeconds(131...220, to: journal)
    try await send(journal)
    #expect(try await singly(journal) == (40...190).map { $0 * 1000 })
    try await close(journal)
    try await start(journal, atSecond: 220)
    try await send(journal)
    #expect(try await singly(journal) == (40...220).map { $0 * 1000 })
    try await addSeconds(221...500, to: journal)
    try await start(journal, atSecond: 500)
    try await send(journal)
    #expect(try await singly(journal) == [40...280, 440...500].flatMap { $0.map { $0 * 1000 } })
  }

  /// The box was off before it had sent what belongs to an alert; there is another one at once.
  @Test func whatIsLeftOfAnEarlierBootComesFirst() async throws {
    let first = try open()
    try await addSeconds(1...100, to: first)
    try await start(first, atSecond: 100)
    await first.close()

    let second = try open()
    let resident = try #require(ResidentID("r-31k7"))
    let boot = "99999999-2222-3333-4444-555555555555"
    try await second.write(now: Samples.moment(0)) { writer in
      try writer.openFullStream(
        of: resident, around: Moment(bootID: boot, monotonicMs: 30_000, wallMs: nil, synchronized: false))
    }
    #expect(try await singly(second) == (40...100).map { $0 * 1000 })
    #expect(try await second.fullStreams().map(\.bootID) == [boot])
    try await send(second)
    #expect(try await singly(second).count == 61)
  }

  @Test func whatHadANumberIsNotSentAgain() async throws {
    let journal = try open()
    try await journal.write(now: Samples.moment(0)) { writer in
      for second in Int64(1)...10 { try writer.append(try beat(60, at: second * 1000), bytes: []) }
      try writer.setSummarising(true)
    }
    try await addSeconds(11...20, to: journal)
    try await start(journal, atSecond: 20)
    try await send(journal)
    #expect(try await singly(journal) == (1...20).map { $0 * 1000 })
    try await summariseAll(journal)
    #expect(try await summaries(journal).map(\.samples) == [10])
  }
}
