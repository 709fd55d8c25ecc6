// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Synchronization
import Testing
import Vitals

@testable import Gateway
@testable import Journal

/// Technical alerts in a real database, and what a full disk does.
extension IngestTests {
  /// As little room as there is on a full disk.
  private func fill(_ journal: isolated Journal) throws { try journal.connection.execute("PRAGMA max_page_count=1") }

  private func makeRoom(_ journal: isolated Journal) throws {
    try journal.connection.execute("PRAGMA max_page_count=1000000")
  }

  @Test func aTechnicalEpisodeGoesOnAfterARestart() async throws {
    let first = try await open(enrolling: true)
    await first.ingest.set(.alertsUnheard, holds: true)
    #expect(try await alerts(first).map(\.rule) == ["UD-1"])
    await first.journal.close()

    hand.advance(1000)
    let second = try await open(enrolling: false)
    #expect(await second.ingest.openEpisodes.active == 1)
    await second.ingest.set(.alertsUnheard, holds: true)
    await second.ingest.set(.alertsUnheard, holds: false)
    let transitions = try await alerts(second)
    #expect(transitions.map(\.phase) == [.start, .clear])
    #expect(Set(transitions.map(\.alert)).count == 1)
    #expect(try await second.journal.openAlerts().isEmpty)
  }

  @Test func aForgottenDevicesEpisodeEnds() async throws {
    let box = try await open(enrolling: true)
    let device = try #require(try await box.journal.devices().first)
    await box.ingest.set(.deviceClock(device.reference, device.resident), holds: true)
    await box.ingest.devicesChanged([])
    #expect(try await alerts(box).map(\.phase) == [.start, .end])
  }

  @Test func aValueOverTheBondEndsTheAlertThatItIsLost() async throws {
    let box = try await open(enrolling: true)
    let device = try #require(try await box.journal.devices().first)
    for isBonded in [false, true] {
      await box.ingest.bondsAre(lost: [device.id: true])
      box.ingest.receive(
        address: box.address, characteristic: Self.cuff, bytes: [0, 128, 0, 80, 0, 96, 0], isBonded: isBonded)
      await box.ingest.drain()
      await box.ingest.commit()
      #expect(try await alerts(box).map(\.phase) == (isBonded ? [.start, .clear] : [.start]))
    }
  }

  @Test func aDatabaseThatCannotGrowIsAnAlertAndNothingIsLost() async throws {
    let unnumbered = Mutex<[Alert]>([])
    let box = try await open(enrolling: true)
    try await box.ingest.resume(
      onCommit: { _ in }, onWriteFailure: { alerts in unnumbered.withLock { $0 += alerts } })
    try await fill(box.journal)
    // As many as do not fit into what the file has left.
    for _ in 0..<300 { await say(97, to: box) }
    await box.ingest.commit()
    #expect(await box.ingest.writeError != nil)
    #expect(unnumbered.withLock { $0.map(\.rule) } == ["ST-1"])
    await box.ingest.commit()
    #expect(unnumbered.withLock { $0.count } == 1)
    for _ in 0..<3 { await say(86, to: box) }
    #expect(unnumbered.withLock { $0.map(\.rule) } == ["ST-1", "OX-1"])
    #expect(try await alerts(box).isEmpty)

    try await makeRoom(box.journal)
    await box.ingest.commit()
    #expect(await box.ingest.writeError == nil)
    let transitions = try await alerts(box)
    #expect(transitions.map(\.rule) == ["ST-1", "OX-1", "ST-1"])
    #expect(transitions.map(\.phase) == [.start, .start, .clear])
    #expect(transitions[0].alert == unnumbered.withLock { $0.first?.alert })
    #expect(try await box.journal.position(.reading).nextSeq == 305)
  }
  @Test func nothingIsWrittenTwiceWhereTheDiskIsFullWhileTheBatchIsWrittenPieceByPiece() async throws {
    let box = try await open(enrolling: true)
    try await refuse(55, in: box.journal)
    try await fill(box.journal)
    await say(55, to: box)
    for _ in 0..<300 { await say(97, to: box) }
    await box.ingest.commit()
    #expect(await box.ingest.writeError != nil)
    let written = try await box.journal.position(.reading).nextSeq - 2
    #expect(written > 0 && written < 300)

    try await makeRoom(box.journal)
    await box.ingest.commit()
    #expect(await box.ingest.writeError == nil)
    // 300, the epoch's gap, and one in the place of what the database does not allow.
    #expect(try await box.journal.position(.reading).nextSeq == 303)
  }

  /// A value that the database does not allow.
  private func refuse(_ spo2: UInt8, in journal: isolated Journal) throws {
    try journal.connection.execute(
      """
      CREATE TRIGGER refusal BEFORE INSERT ON reading WHEN instr(NEW.content, '\(spo2)') > 0
      BEGIN SELECT RAISE(ABORT, 'not allowed'); END
      """)
  }
}
