// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import GatewayTestKit
import SQLite
import Testing
import Vitals

@testable import Journal

@Suite("Whatever stands at the database's place")
struct SalvageTests {
  let files: JournalFiles
  var aside: String { files.path + ".damaged-1" }

  init() throws { files = try JournalFiles() }

  /// The files of a filled database, as a kill leaves them or, `isClosed`, an orderly end.
  private func filled(isClosed: Bool = false) async throws -> [Observation] {
    let old = try JournalFiles()
    let journal = try old.open()
    let written = try await old.fill(journal)
    if isClosed { await journal.close() }
    files.keep(from: old)
    files.write(old.octets(of: old.path + ".epochs"), to: files.path + ".epochs")
    return written
  }

  private func gaps(_ journal: Journal, _ lane: Lane) async throws -> [Gap] {
    try await journal.entries(lane, after: 0, limit: 2).compactMap {
      if case .gap(let gap) = $0.content { gap } else { nil }
    }
  }

  /// The readings of a lane that have a number; nil for one that cannot be read.
  private func numbered(_ journal: Journal) async throws -> [Observation?] {
    try await journal.entries(.reading, after: 2, limit: 1000).map {
      if case .reading(let observation) = $0.content { observation } else { nil }
    }
  }

  private func change(_ path: String, _ at: Int, by mask: UInt8 = 0x20) {
    var octets = files.octets(of: path)
    octets[at] ^= mask
    files.write(octets, to: path)
  }

  @Test func `An unharmed one is opened as it is, killed or not`() async throws {
    for isClosed in [true, false] {
      let files = try JournalFiles()
      let written = try await SalvageTests(files).filled(isClosed: isClosed)
      let journal = try files.open(epoch: "epoch-2")
      #expect(journal.recovery == nil)
      #expect(journal.epoch == "epoch-1")
      #expect(try await journal.position(.reading).nextSeq == Int64(written.count) + 2)
    }
  }

  private init(_ files: JournalFiles) { self.files = files }

  @Test(arguments: [
    "", "this is not a database, but a text that somebody has put here\n", String(repeating: "\u{0}", count: 9000),
    "SQLite format 3\u{0}",
  ])
  func `What is no database is set aside, and named`(content: String) async throws {
    _ = try await filled()
    files.write(Array(content.utf8), to: files.path)
    files.write([], to: files.log)
    let journal = try files.open(epoch: "epoch-2")
    #expect(journal.epoch == "epoch-2")
    #expect(journal.recovery?.aside == aside)
    #expect(files.octets(of: aside) == Array(content.utf8))
    for lane in Lane.allCases {
      let gaps = try await gaps(journal, lane)
      #expect(gaps.map(\.reason) == [.epoch, .damaged])
      #expect(gaps.map(\.previousEpoch) == ["epoch-1", "epoch-1"])
      #expect(gaps.last?.count == nil)
    }
    await journal.close()
    let again = try files.open(epoch: "epoch-3")
    #expect(again.epoch == "epoch-2")
    #expect(again.recovery == nil)
  }

  @Test func `Another program's database is set aside with nothing taken from it`() async throws {
    let other = try Connection(path: files.path)
    try other.execute("CREATE TABLE track(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO track VALUES(1, 'a')")
    try other.setUserVersion(2)
    other.close()
    let before = files.octets(of: files.path)
    let journal = try files.open()
    #expect(files.octets(of: aside) == before)
    #expect(try await gaps(journal, .reading).map(\.reason) == [.epoch, .damaged])
  }

  @Test func `A lost one is named after the list of epochs`() async throws {
    let journal = try files.open(epoch: "epoch-1")
    await journal.close()
    _ = try? Subprocess("rm", [files.path]).wait()
    let next = try files.open(epoch: "epoch-2")
    #expect(next.recovery?.aside == nil)
    #expect(try await gaps(next, .alert).map(\.previousEpoch) == ["epoch-1", "epoch-1"])
  }

  @Test func `A copy of long ago gives out no number twice`() async throws {
    _ = try await filled(isClosed: true)
    let copy = files.octets(of: files.path)
    files.write([1], to: files.path)
    await (try files.open(epoch: "epoch-2")).close()
    files.write(copy, to: files.path)
    let journal = try files.open(epoch: "epoch-3")
    #expect(journal.epoch == "epoch-3")
    #expect(try await gaps(journal, .reading).first?.previousEpoch == "epoch-2")
    #expect(try await journal.devices().count == 2)
  }

  @Test func `A damaged first page costs nothing else`() async throws {
    let written = try await filled(isClosed: true)
    change(files.path, 3)
    let before = files.octets(of: files.path)
    let journal = try files.open(epoch: "epoch-2")
    #expect(files.octets(of: aside) == before)
    #expect(journal.recovery?.saved?.losses[.reading]?.count == 0)
    #expect(try await journal.devices().map(\.id) == ["d-1", "d-2"])
    #expect(try await journal.openAlerts().map(\.text["en"]) == ["open"])
    #expect(try await numbered(journal) == Array(written[150...]))
    #expect(try await gaps(journal, .reading).map(\.count) == [0, 0])
    for observation in written where !observation.isStream {
      #expect(try await journal.isKnownSpot(observation.reading))
    }
    // What had been delivered is there too, without a number.
    #expect(
      try await journal.recentObservations(bootID: Samples.bootID, sinceMonotonicMs: 0, limit: 1000).count
        == written.count)
  }

  @Test func `A damaged root of a table is found by the form of its rows`() async throws {
    let written = try await filled(isClosed: true)
    let image = try #require(DatabaseImage(path: files.path))
    for table in ["reading", "ledger"] {
      let root = try #require(image.tables()[table])
      for at in 0..<12 { change(files.path, (Int(root) - 1) * Connection.pageSize + at, by: 0xff) }
    }
    let journal = try files.open(epoch: "epoch-2")
    let saved = try await numbered(journal).compactMap(\.self)
    // A table without rowids has rows in its root, and those cannot be told from anything else.
    let lost = try #require(try await gaps(journal, .reading).last?.count)
    #expect(saved == written[150...].filter { saved.contains($0) } && saved.count + lost == written.count - 150)
    #expect(saved.count > 100)
    #expect(try await journal.openAlerts().map(\.text["en"]) == ["open"])
  }

  @Test func `A wrong octet anywhere in the log is noticed, and mended or declared`() async throws {
    let written = try await filled()
    let (database, log) = (files.octets(of: files.path), files.octets(of: files.log))
    let size = Connection.pageSize + 24
    let frames = (log.count - 32) / size
    for (frame, at, mask) in [
      (0, 4, 1), (1, 9, 0x10), (frames / 2, 30, 0x10), (frames / 2, 18, 0x80), (frames - 1, 0, 0x10),
      (frames - 1, 700, 0x04), (frames - 1, 3, 0x10), (frames / 2, 1003, 0x80),
    ] {
      let files = try JournalFiles()
      files.write(database, to: files.path)
      var damaged = log
      damaged[32 + frame * size + at] ^= UInt8(mask)
      files.write(damaged, to: files.log)
      let journal = try files.open(epoch: "epoch-2")
      #expect(journal.recovery?.reason.contains("log") == true, "frame \(frame), octet \(at)")
      #expect(files.octets(of: files.path + ".damaged-1-wal") == damaged)
      if try await gaps(journal, .reading).last?.count != nil {
        #expect(try await numbered(journal) == Array(written[150...]), "frame \(frame), octet \(at)")
      } else {
        // The highest bits of a word leave its place open: nothing is mended by chance.
        #expect(at % 4 == 3)
        #expect(Set(try await numbered(journal).compactMap { $0?.reading }).isSubset(of: written.map(\.reading)))
      }
      #expect(try await journal.devices().count == 2)
    }
  }

  @Test func `A log that a power cut has torn is in order`() async throws {
    _ = try await filled()
    var log = files.octets(of: files.log)
    for at in log.count - 700..<log.count - 400 { log[at] = 0 }
    files.write(log, to: files.log)
    let journal = try files.open(epoch: "epoch-2")
    #expect(journal.recovery == nil)
    #expect(try await journal.position(.reading).nextSeq == 287)
  }

  @Test func `An interrupted taking of the place is finished`() async throws {
    let written = try await filled(isClosed: true)
    let whole = files.octets(of: files.path)
    change(files.path, 3)
    await (try files.open(epoch: "epoch-2")).close()
    // As if the power had gone after the decision, with the log moved already.
    let finished = files.octets(of: files.path)
    _ = try? Subprocess("rm", [aside]).wait()
    files.write(whole, to: files.path)
    files.write(finished, to: files.path + ".new")
    files.write([1, 2, 3], to: aside + "-wal")
    let journal = try files.open(epoch: "epoch-3")
    #expect(journal.epoch == "epoch-2")
    #expect(files.octets(of: aside) == whole)
    #expect(try await numbered(journal) == Array(written[150...]))
  }

  @Test func `A directory and a place without rights are a clear line`() throws {
    for (path, line) in [
      (files.directory.path, "\(files.directory.path): Is a directory"),
      ("/nowhere/vigil.db", "/nowhere: No such file or directory"),
    ] {
      let error = #expect(throws: JournalError.self) {
        try Journal(path: path, loop: files.loop, newEpoch: "epoch-1", now: Samples.moment(0))
      }
      #expect(error.map { "\($0)" } == line)
    }
  }

  @Test func `Damage that is met while running is known to the next start`() async throws {
    let first = try files.open(epoch: "epoch-1")
    // More than SQLite keeps in memory.
    let observation = try Samples.observation(at: 1, [Samples.quantity(.heartRate, 72)])
    for round in 0..<8 {
      try await first.write(now: Samples.moment(Int64(round))) { writer in
        for _ in 0..<400 { try writer.append(observation, bytes: [UInt8](repeating: 7, count: 600)) }
      }
    }
    await first.close()
    let journal = try files.open(epoch: "epoch-2")
    #expect(await journal.damage == nil)
    var octets = files.octets(of: files.path)
    for at in stride(from: 4096 * 8, to: octets.count, by: 64) { octets[at] = 0x55 }
    files.write(octets, to: files.path)
    _ = try? await journal.entries(.reading, after: 0, limit: 10_000)
    #expect(await journal.damage != nil)
    await journal.close()
    #expect(files.octets(of: files.path) == octets)
    let next = try files.open(epoch: "epoch-3")
    #expect(next.recovery != nil)
    #expect(files.octets(of: aside) == octets)
    await next.close()
    #expect(try files.open(epoch: "epoch-4").epoch == "epoch-3")
  }

  @Test(arguments: 0..<8) func `Random damage never stops it, and never makes another reading`(seed: UInt64)
    async throws
  {
    let written = try await filled(isClosed: seed % 2 == 0)
    let known = Dictionary(written.map { ($0.reading, $0) }, uniquingKeysWith: { $1 })
    let (database, log) = (files.octets(of: files.path), files.octets(of: files.log))
    var random = SplitMix(state: seed)
    for round in 0..<30 {
      let files = try JournalFiles()
      var (database, log) = (database, log)
      for _ in 0..<(round % 3 + 1) {
        let at = Int(random.next() % UInt64(database.count + log.count))
        let mask = UInt8(truncatingIfNeeded: random.next() % 255 + 1)
        if at < database.count { database[at] ^= mask } else { log[at - database.count] ^= mask }
      }
      if round % 10 == 9 { database.removeLast(Int(random.next() % UInt64(database.count))) }
      files.write(database, to: files.path)
      files.write(log, to: files.log)
      let journal = try files.open(epoch: "epoch-2")
      guard journal.recovery != nil else { continue }
      #expect(files.octets(of: files.path + ".damaged-1") == database)
      for observation in try await numbered(journal).compactMap({ $0 }) {
        #expect(known[observation.reading] == observation)
      }
      _ = try await journal.devices()
      _ = try await journal.openAlerts()
    }
  }
}
