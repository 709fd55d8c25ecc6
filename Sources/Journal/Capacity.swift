// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// Makes room before there is none: the oldest samples go first, then captures, summaries, spot readings, and alerts last.
/// Inside the transactions of ``Journal``.
///
/// What the clinic does not have yet is declared, and counted: numbered rows by a gap in the place of the last number of
/// each run, others by a gap with a number of its own.
struct Capacity {
  let connection: Connection
  let ledger: Ledger
  let progress: Progress
  let ages: RowAges
  let policy: StoragePolicy
  let nowWallMs: Int64?
  /// By the clinic, of the lane.
  let delivered: (Lane) -> Int64

  /// - Returns: how many gaps that made; nil where nothing could go.
  func drop() throws -> Int? {
    // Those first that a summary speaks for.
    let spokenFor = try progress.spokenFor(policy)
    if let gaps = try drop(.reading, .samples, mark: .samples, upTo: spokenFor) { return gaps }
    if let gaps = try dropCaptures() { return gaps }
    if let gaps = try drop(.summary, .all, mark: nil) { return gaps }
    if let gaps = try drop(.reading, .spots, mark: .readings) { return gaps }
    if let gaps = try drop(.reading, .samples, mark: .samples) { return gaps }
    if let gaps = try drop(.alert, .endedAlerts(delivered: delivered(.alert)), mark: nil) { return gaps }
    return try drop(.alert, .endedAlerts(delivered: .max), mark: nil)
  }

  /// Whether what would go first is something that the clinic does not have.
  func isLossNext() throws -> Bool {
    let from = try progress.value(.samples) ?? 0
    let next = try LedgerRows(connection: connection, kind: .reading).oldest(
      after: from, upTo: .max, which: .samples, limit: 1
    ).first
    guard let next else { return true }
    if let seq = next.seq { return seq > delivered(.reading) }
    return next.id > (try progress.spokenFor(policy))
  }

  private func drop(
    _ kind: LedgerKind, _ which: LedgerRows.Which, mark: Progress.Work?, upTo limit: Int64 = .max
  ) throws -> Int? {
    let from = try mark.map { try progress.value($0) ?? 0 } ?? 0
    let table = LedgerRows(connection: connection, kind: kind)
    let rows = try table.oldest(
      after: from, upTo: min(limit, try table.last() &- 1), which: which, limit: policy.dropRows)
    guard let last = rows.last else { return nil }
    let gaps = try declare(rows, table, in: kind == .alert ? .alert : .reading, isSamples: mark == .samples)
    try table.forget(rows)
    if let mark { try progress.set(mark, to: last.id) }
    return gaps
  }

  private func declare(_ rows: [LedgerRows.Row], _ table: LedgerRows, in lane: Lane, isSamples: Bool) throws -> Int {
    let delivered = delivered(lane)
    var lost: [Int64: LedgerRows.Row] = [:]
    var known: [Int64] = []
    var unnumbered: [LedgerRows.Row] = []
    for row in rows {
      if let seq = row.seq {
        if seq > delivered { lost[seq] = row } else { known.append(seq) }
      } else {
        unnumbered.append(row)
      }
    }
    // What was said later of a row goes with it, and its number is accounted for; it is no loss of its own.
    let corrections = rows.flatMap(\.corrections)
    known += corrections.filter { $0 <= delivered }
    try table.deleteFromLedger(known, lane)
    let runs = LedgerRows.runs((Array(lost.keys) + corrections.filter { $0 > delivered }).sorted())
    for run in runs {
      let dropped = run.compactMap { lost[$0] }
      let gap = Gap(
        reason: .capacity, count: dropped.count, fromWallMs: dropped.first?.wallMs, toWallMs: dropped.last?.wallMs,
        numbers: run.count > 1 ? run : nil)
      try ledger.replace(run, of: lane, by: try Journal.insert(gap, in: connection), atWallMs: nowWallMs)
    }
    var gaps = runs.count
    // A sample without a number whose time is not over, or that no summary speaks for. Any other row without a number was
    // delivered in an epoch before.
    let samples = isSamples ? unnumbered : []
    let expired = samples.isEmpty ? 0 : try ages.last(in: .reading, olderThan: policy.samples, after: 0)
    let kept = min(expired, try progress.spokenFor(policy))
    let early = samples.filter { $0.id > kept }
    if !early.isEmpty {
      try declare(early.count, from: early.first?.wallMs, to: early.last?.wallMs)
      gaps += 1
    }
    try count(lost.count + early.count)
    return gaps
  }

  /// Values that could not be decoded, the oldest first; then the octets of readings.
  private func dropCaptures() throws -> Int? {
    let limit = Int64(policy.dropRows)
    let newest = try connection.statement("SELECT max(id) FROM undecoded").first { $0.integer(0) } ?? nil
    let some = try connection.statement(
      "SELECT max(id), count(*), min(wall_ms), max(wall_ms) FROM (SELECT * FROM undecoded WHERE id < ? ORDER BY id LIMIT ?)"
    ).first(.integer(newest ?? 0), .integer(limit)) {
      ($0.integer(0), $0.integer(1) ?? 0, $0.integer(2), $0.integer(3))
    }
    if let some, let last = some.0 {
      try connection.statement("DELETE FROM undecoded WHERE id <= ?").run(.integer(last))
      try declare(Int(clamping: some.1), from: some.2, to: some.3)
      try count(Int(clamping: some.1))
      return 1
    }
    let from = try progress.value(.captures) ?? 0
    let last =
      try connection.statement(
        "SELECT max(id) FROM (SELECT id FROM reading WHERE id > ? ORDER BY id LIMIT ?)"
      ).first(.integer(from), .integer(limit)) { $0.integer(0) } ?? nil
    guard let last else { return nil }
    try connection.statement("UPDATE reading SET bytes = x'' WHERE id > ? AND id <= ? AND length(bytes) > 0")
      .run(.integer(from), .integer(last))
    try progress.set(.captures, to: last)
    return 0
  }

  private func declare(_ count: Int, from: Int64?, to: Int64?) throws {
    let gap = Gap(reason: .capacity, count: count, fromWallMs: from, toWallMs: to)
    try ledger.append(.gap, try Journal.insert(gap, in: connection), to: .reading, atWallMs: nowWallMs)
  }

  private func count(_ dropped: Int) throws {
    guard dropped > 0 else { return }
    try progress.set(.dropped, to: (try progress.value(.dropped) ?? 0) &+ Int64(dropped))
  }
}
