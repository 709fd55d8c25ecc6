// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import SQLite
import Vitals

/// Brings what can still be read of a damaged database into a new one, in the order of its worth: the devices and what
/// people did; alerts, with the episodes that are open; the ids of spot readings; what the clinic does not have yet, with
/// new numbers in the new epoch; then the rest, the newest first. When its time is over it leaves the rest where it is.
///
/// Rows keep their ids, so what refers to them goes on fitting. A row whose source or boot is lost stays behind: another
/// one would get that number, and the row would be another person's.
struct Salvage {
  let image: DatabaseImage
  let connection: Connection
  let now: Moment

  /// Needed at once, and few. `boot` and `source` first: others refer to them.
  private static let small = [
    "boot", "source", "device", "unwanted_bond", "held", "audit", "command", "full_stream", "progress", "correction",
    "pause", "person", "baseline", "told", "untold",
  ]
  private static let large = ["alert", "spot", "reading", "summary", "undecoded"]

  func run(for time: Duration) throws -> Recovery.Saved {
    let rescue = Rescue(self, until: ContinuousClock.now + time)
    try rescue.run()
    return rescue.saved
  }

  private final class Rescue {
    let image: DatabaseImage
    let connection: Connection
    let now: Moment
    let roots: [String: UInt32]
    let deadline: ContinuousClock.Instant
    var saved = Recovery.Saved()
    private var targets: [String: TargetTable] = [:]
    private var boots: Set<Int64> = []
    private var sources: Set<Int64> = []
    private var oldLanes: [Lane: OldLane] = [:]
    private var gaps: [Int64: Gap] = [:]
    private var strayLedger: [LedgerRow] = []
    private var strays: ArraySlice<LedgerRow> = []
    private var countdown = 0

    init(_ salvage: Salvage, until deadline: ContinuousClock.Instant) {
      image = salvage.image
      connection = salvage.connection
      now = salvage.now
      roots = image.tables()
      self.deadline = deadline
    }

    func run() throws {
      for table in Salvage.small + Salvage.large + ["gap", "ledger", "lane"] {
        targets[table] = try TargetTable(table, in: connection)
      }
      try connection.transaction {
        for table in Salvage.small { try copy(table) }
        // Numbers of the old epoch's lane.
        try connection.execute("DELETE FROM progress WHERE name IN ('timed', 'unnumbered', 'numbering')")
        try keepDeviceNumbers()
        try copy("alert")
      }
      try connection.transaction {
        image.map(Array(roots.values) + image.indices().values)
        let isPatchy = image.broken > 0 || targets.keys.contains { roots[$0] == nil }
        if isPatchy { try copyStrays() }
        try dropUnreadableAlerts()
        try copy("spot")
      }
      try readLanes()
      try connection.transaction { try renumber() }
      try connection.transaction {
        for table in ["summary", "reading", "undecoded"] { try copy(table, isBackward: true) }
      }
    }

    // MARK: rows

    /// Whether there is time for another row.
    private func mayGoOn() -> Bool {
      countdown -= 1
      if countdown <= 0 {
        countdown = 200
        if ContinuousClock.now >= deadline { saved.isCutShort = true }
      }
      return !saved.isCutShort
    }

    /// Copies the rows of a table, of one with rowids those in a range.
    private func copy(
      _ table: String, _ range: ClosedRange<Int64> = .min ... .max, isBackward: Bool = false
    ) throws {
      guard let root = roots[table] else { return }
      try image.walk(
        root, isBackward: isBackward,
        skipping: { lower, upper in
          // An inner page's key is the highest one of what is before it.
          if let key = upper?.rowid, key < range.lowerBound { return true }
          if let key = lower?.rowid, key >= range.upperBound { return true }
          return false
        }
      ) { record in
        if let rowid = record.rowid, !range.contains(rowid) { return true }
        try insert(record, into: table)
        return mayGoOn()
      }
    }

    private func insert(_ record: DatabaseImage.Record, into table: String) throws {
      guard let target = targets[table], let values = target.values(of: record), isSound(values, of: target) else {
        return
      }
      do {
        guard try target.insert(values, into: connection) else { return }
      } catch let error as SQLiteError where error.isConstraint {
        return
      }
      saved.rows[table, default: 0] += 1
      guard case .integer(let id)? = values.first else { return }
      if table == "boot" { boots.insert(id) }
      if table == "source" { sources.insert(id) }
    }

    /// Whether a row means something to this program and what it refers to is there.
    private func isSound(_ values: [Value], of table: TargetTable) -> Bool {
      if case .integer(let boot)? = table["boot", values], !boots.contains(boot) { return false }
      if case .integer(let boot)? = table["raised_boot", values], !boots.contains(boot) { return false }
      if case .integer(let source)? = table["source", values], !sources.contains(source) { return false }
      switch table.name {
      case "device":
        return table.text("address", values).flatMap(DeviceAddress.init) != nil
          && table.text("resident", values).flatMap(ResidentID.init) != nil
          && table.text("link", values).flatMap(LinkSecurity.init) != nil
      case "source": return table.text("address", values).flatMap(DeviceAddress.init) != nil
      case "unwanted_bond": return table.text("address", values).flatMap(DeviceAddress.init) != nil
      case "spot":
        if case .blob(let id)? = values.first { return id.count == 16 }
        return false
      default: return true
      }
    }

    /// A device's number is never given to another, not even that of one whose row is lost.
    private func keepDeviceNumbers() throws {
      var highest: Int64 = 0
      if let root = roots["sqlite_sequence"] {
        try image.walk(root) { record in
          if record.values.first == .text("device"), case .integer(let number)? = record.values.last {
            highest = max(highest, number)
          }
          return true
        }
      }
      try connection.statement("SELECT device FROM source").query { row in
        if let number = row.text(0).flatMap({ Int64($0.dropFirst(2)) }) { highest = max(highest, number) }
      }
      // Nobody has so many: the number itself is damaged.
      guard (1...1_000_000).contains(highest) else { return }
      try connection.statement("DELETE FROM sqlite_sequence WHERE name = 'device' AND seq < ?").run(.integer(highest))
      try connection.statement(
        """
        INSERT INTO sqlite_sequence(name, seq) SELECT 'device', ?
        WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'device')
        """
      ).run(.integer(highest))
    }

    /// Where the way to some pages is lost, what stands on them is known by its form. Those that others refer to first.
    private func copyStrays() throws {
      for names in [
        ["boot", "source"],
        ["device", "unwanted_bond", "audit", "command", "alert", "held", "correction", "pause", "person", "baseline"],
      ]
        + [Salvage.large + ["gap", "lane", "ledger"]]
      {
        let candidates = names.compactMap { targets[$0] }
        try image.strays { record, isTable in
          for target in candidates where target.hasRowids == isTable {
            guard target.isFormOf(record), let values = target.values(of: record) else { continue }
            switch target.name {
            case "ledger": if let row = LedgerRow(values), strayLedger.count < 1_000_000 { strayLedger.append(row) }
            case "lane": noteLane(values)
            case "gap": noteGap(values)
            default: try insert(record, into: target.name)
            }
            break
          }
          return mayGoOn()
        }
      }
      try keepDeviceNumbers()
      strayLedger.sort { ($0.lane.rawValue, $0.seq) < ($1.lane.rawValue, $1.seq) }
    }

    private func dropUnreadableAlerts() throws {
      let alerts = AlertTable(connection: connection, readings: ReadingTable(connection: connection))
      var ids: [Int64] = []
      try connection.statement("SELECT id FROM alert").query { row in if let id = row.integer(0) { ids.append(id) } }
      for id in ids {
        do { _ = try alerts.read(id) } catch is JournalError {
          try connection.statement("DELETE FROM alert WHERE id = ?").run(.integer(id))
          saved.rows["alert", default: 1] -= 1
        }
      }
    }

    // MARK: what the clinic does not have yet

    private func noteLane(_ values: [Value]) {
      guard values.count >= 3, case .integer(let number) = values[0],
        let lane = Int(exactly: number).flatMap(Lane.init),
        case .integer(let next) = values[1], case .integer(let delivered) = values[2], next > 0,
        (0..<next).contains(delivered)
      else { return }
      oldLanes[lane] = OldLane(next: next, delivered: delivered)
    }

    private func noteGap(_ values: [Value]) {
      guard values.count >= 8, case .integer(let id) = values[0], case .text(let text) = values[1],
        let reason = Gap.Reason(rawValue: text), case .integer(let count) = values[2]
      else { return }
      let namesEpoch = reason == .epoch || reason == .damaged
      // The numbers that it stood for were the old epoch's.
      gaps[id] = Gap(
        reason: reason == .epoch ? .damaged : reason, count: count < 0 ? nil : Int(exactly: count),
        fromWallMs: values[3].integer, toWallMs: values[4].integer, previousEpoch: namesEpoch ? values[5].text : nil)
    }

    private func readLanes() throws {
      for table in ["lane", "gap"] {
        guard let root = roots[table], let target = targets[table] else { continue }
        try image.walk(root) { record in
          if let values = target.values(of: record) { table == "lane" ? noteLane(values) : noteGap(values) }
          return mayGoOn()
        }
      }
    }

    /// The rows that were not delivered, in order; all that there are where it is not known what was.
    private func undelivered(_ body: (LedgerRow) throws -> Bool) throws {
      strays = strayLedger[...]
      if let root = roots["ledger"], let target = targets["ledger"] {
        try image.walk(root, skipping: { self.isDone(from: $0, to: $1, of: target) }) { record in
          guard let row = target.values(of: record).flatMap(LedgerRow.init), !isDone(row) else { return true }
          return try handOverStrays(before: row, body) && body(row)
        }
      }
      _ = try handOverStrays(before: nil, body)
    }

    /// - Returns: whether to go on.
    private func handOverStrays(before row: LedgerRow?, _ body: (LedgerRow) throws -> Bool) throws -> Bool {
      while let stray = strays.first, row.map({ !$0.isBefore(stray) }) ?? true {
        strays.removeFirst()
        // One that is where it belongs as well came from an old copy of its page.
        if let row, !stray.isBefore(row) { continue }
        if !isDone(stray) {
          guard try body(stray) else { return false }
        }
      }
      return true
    }

    /// Whether everything between two rows of the ledger was delivered: where they are of one lane.
    private func isDone(
      from lower: DatabaseImage.Record?, to upper: DatabaseImage.Record?, of target: TargetTable
    ) -> Bool {
      guard let upper = upper.flatMap({ target.values(of: $0) }).flatMap(LedgerRow.init), isDone(upper) else {
        return false
      }
      if upper.lane == .alert { return true }
      return lower.flatMap { target.values(of: $0) }.flatMap(LedgerRow.init)?.lane == upper.lane
    }

    private func isDone(_ row: LedgerRow) -> Bool { row.seq <= oldLanes[row.lane]?.delivered ?? 0 }

    /// Gives what was not delivered new numbers, in the old order, and counts what of it is lost.
    private func renumber() throws {
      var first: [LedgerKind: Int64] = [:]
      var corrected: Set<Int64> = []
      try undelivered { row in
        first[row.kind] = min(first[row.kind] ?? row.reference, row.reference)
        if row.kind == .correction { corrected.insert(row.reference) }
        return mayGoOn()
      }
      for id in corrected {
        guard mayGoOn() else { break }
        let reading = try connection.statement("SELECT reference FROM correction WHERE id = ? AND kind = 0")
          .first(.integer(id)) { $0.integer(0) }
        if let reading = reading ?? nil { try copy("reading", reading...reading) }
      }
      if let summary = first[.summary] { try copy("summary", summary ... .max) }
      if let reading = first[.reading] { try copy("reading", reading ... .max) }

      let ledger = Ledger(connection: connection)
      var kept: [Lane: Int64] = [:]
      var times: [Lane: Int64] = [:]
      // Even without time for more: what is there already gets its number.
      try undelivered { row in
        if times[row.lane] == nil { times[row.lane] = row.atWallMs }
        guard let reference = try reference(of: row) else { return true }
        try ledger.append(row.kind, reference, to: row.lane, atWallMs: row.atWallMs)
        kept[row.lane, default: 0] += 1
        return true
      }
      for lane in Lane.allCases {
        let old = oldLanes[lane]
        let lost = old.map { max(0, $0.next &- 1 &- $0.delivered &- (kept[lane] ?? 0)) }
        // Where the log has holes the last number may be an older one.
        let count = image.log?.hasHoles == true ? nil : lost.flatMap { Int(exactly: $0) }
        saved.losses[lane] = Recovery.Loss(count: count, fromWallMs: count == 0 ? nil : times[lane])
        saved.rows[lane.name + " lane"] = Int(kept[lane] ?? 0)
      }
    }

    /// What a row of the ledger refers to in the new database; nil where that is lost, or has its number: an older copy of a
    /// page may hold a row that has moved to another.
    private func reference(of row: LedgerRow) throws -> Int64? {
      if row.kind == .gap { return try gaps[row.reference].map { try Journal.insert($0, in: connection) } }
      let sql =
        switch row.kind {
        case .alert: "SELECT 1 FROM alert WHERE id = ? AND seq IS NULL"
        case .correction: "SELECT 1 FROM correction WHERE id = ? AND seq IS NULL"
        case .summary: "SELECT 1 FROM summary WHERE id = ? AND seq IS NULL"
        case .escalation: "SELECT 1 FROM alert WHERE id = ? AND escalation_seq IS NULL"
        case .reading, .gap: "SELECT 1 FROM reading WHERE id = ? AND seq IS NULL"
        }
      return try connection.statement(sql).first(.integer(row.reference)) { _ in row.reference }
    }
  }

  private struct OldLane {
    let next: Int64
    let delivered: Int64
  }

  private struct LedgerRow {
    let lane: Lane
    let seq: Int64
    let kind: LedgerKind
    let reference: Int64
    let atWallMs: Int64?

    init?(_ values: [Value]) {
      guard values.count >= 5, case .integer(let lane) = values[0], let lane = Int(exactly: lane).flatMap(Lane.init),
        case .integer(let seq) = values[1], seq > 0, case .integer(let kind) = values[2],
        let kind = LedgerKind(rawValue: kind), case .integer(let reference) = values[3]
      else { return nil }
      self.lane = lane
      self.seq = seq
      self.kind = kind
      self.reference = reference
      atWallMs = values[4].integer
    }

    func isBefore(_ other: LedgerRow) -> Bool { (lane.rawValue, seq) < (other.lane.rawValue, other.seq) }
  }
}
