// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import Glibc
import Journal
import Logging
import Vitals

/// Keeps the database within its bounds, and deletes what its time is over for: a small step each second at most, on the
/// journal's executor.
package actor StorageKeeper {
  package nonisolated var unownedExecutor: UnownedSerialExecutor { journal.unownedExecutor }

  /// Deleting a few rows costs as many pages as deleting some hundred, so that is left to come together.
  private static let pause: Int64 = 15 * 60_000
  /// Less than this is short in the file system; twice of it is enough again.
  private static let shortBytes: Int64 = 16 << 20

  private let journal: Journal
  private let ingest: Ingest
  private let policy: StoragePolicy
  private let database: String
  private let clock: Clock
  private let log: Logger
  /// There are new gaps in the ledger.
  private let onGaps: @Sendable () -> Void

  private var retention: RetentionClock?
  /// What is left of this pass.
  private var works = ArraySlice(RetentionWork.allCases)
  private var nextPassMs: Int64 = 0
  private var isShort = false
  private var isFailing = false

  package init(
    journal: Journal, ingest: Ingest, policy: StoragePolicy, database: String, clock: @escaping Clock, log: Logger,
    onGaps: @escaping @Sendable () -> Void
  ) {
    self.journal = journal
    self.ingest = ingest
    self.policy = policy
    self.database = database
    self.clock = clock
    self.log = log
    self.onGaps = onGaps
  }

  /// Called each second.
  package func tick() {
    let now = clock()
    do {
      var retention = try self.retention ?? journal.assumeIsolated { try $0.retentionClock() }
      retention.advance(to: now)
      self.retention = retention
      let gaps = try journal.assumeIsolated { try $0.makeRoom(policy, clock: retention, now: now) }
      if let gaps, gaps > 0 { onGaps() }
      if gaps == nil { try goOn(retention, now) }
      let isLossNear = try journal.assumeIsolated { try $0.isLossNear(policy, clock: retention, now: now) }
      note(isShort: isLossNear || isFileSystemShort)
      isFailing = false
    } catch {
      // Ingest says so, and tries again; so does the next second.
      if !isFailing { log.warning("cannot keep the database in order now: \(error)") }
      isFailing = true
    }
  }

  /// One step of the pass, or of giving room back.
  private func goOn(_ retention: RetentionClock, _ now: Moment) throws {
    guard let work = works.first else {
      if now.monotonicMs >= nextPassMs { works = ArraySlice(RetentionWork.allCases) }
      return
    }
    if try journal.assumeIsolated({ try $0.retain(work, policy, clock: retention, now: now) }) { return }
    if works.count == 1, try journal.assumeIsolated({ try $0.shrink(policy) }) { return }
    works.removeFirst()
    if works.isEmpty { nextPassMs = now.monotonicMs &+ Self.pause }
  }

  private func note(isShort: Bool) {
    self.isShort = isShort
    ingest.assumeIsolated { $0.set(.storageShort, holds: isShort) }
  }

  private var isFileSystemShort: Bool {
    var info = statvfs()
    guard statvfs(database, &info) == 0 else { return false }
    let (bytes, overflow) = Int64(clamping: info.f_bavail).multipliedReportingOverflow(
      by: Int64(clamping: info.f_frsize))
    return !overflow && bytes < (isShort ? 2 : 1) * Self.shortBytes
  }
}
