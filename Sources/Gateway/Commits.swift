// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import EventLoop
import Journal
import Vitals

/// The batch on its way to the disk: one transaction, all of it or nothing.
extension Ingest {
  /// What a stream may lose to a kill or a power cut; the README says so.
  static let longestWait = Duration.seconds(4)
  /// While nothing can be written: the pause between two tries grows to this.
  private static let longestRetry = Duration.seconds(4)
  private static let longestBatch = 65_536

  func commitWhenDue() {
    guard !batch.isEmpty else { return }
    if writeError == nil, batch.contains(where: \.isUrgent) {
      commit()
    } else if timer == nil {
      wait(writeError == nil ? Self.longestWait : retryPause)
    }
    if writeError != nil { sendUnnumbered() }
  }

  private func wait(_ duration: Duration) {
    // Without a timer the next tick comes here again.
    timer = try? EventSource.timer(after: duration, on: journal.loop) { [weak self] in
      self?.assumeIsolated { $0.commit() }
    }
  }

  /// Writes the batch. On failure it stays and is tried again, and the evaluator's states, which are ahead of the
  /// journal then, stay with it.
  package func commit() {
    timer = nil
    guard !batch.isEmpty else { return }
    let items = batch
    let written: BatchItem.Written
    do {
      written = try write(items)
    } catch {
      if writeError == nil { log.error("cannot write to the database, will try again: \(error)") }
      writeError = error
      note(.storageFailing, holds: true)
      shedStreams()
      sendUnnumbered()
      wait(retryPause)
      retryPause = min(retryPause * 2, Self.longestRetry)
      return
    }
    if writeError != nil { log.notice("the database can be written to again") }
    writeError = nil
    retryPause = .seconds(1)
    unnumbered = []
    batch = []
    tell(of: items, written)
    tellUnderstood()
    // Also where the last run ended in between.
    set(.storageFailing, holds: false)
  }

  /// They are on the disk.
  private func tell(of items: [BatchItem], _ written: BatchItem.Written) {
    summaries.written(items)
    if feed.isWatched { feed.add(items.compactMap(\.watched)) }
    let alerts = items.compactMap(\.alert)
    for alert in alerts { noteDelivery(of: alert, seq: written.numbers[alert.transition]) }
    onCommit(alerts)
    for reading in written.commissioning { onCommissioning(reading) }
  }

  /// Writes what the clinic has asked for together with the memory of its request, after everything that came before.
  ///
  /// - Parameter remember: in the same transaction.
  /// - Throws: where nothing of it was written.
  func write(_ items: [BatchItem], remember: @Sendable (Journal.Writer) throws -> Void) throws {
    let (now, streams) = (clock(), streams)
    let written = try journal.assumeIsolated { journal in
      try journal.write(now: now) { writer in
        let written = try BatchItem.write(items, with: writer, streams: streams)
        try remember(writer)
        return written
      }
    }
    tell(of: items, written)
  }

  func tellUnderstood() {
    for message in understood { onUnderstood(message) }
    understood = []
  }

  private func write(_ items: [BatchItem]) throws -> BatchItem.Written {
    let (now, streams) = (clock(), streams)
    var written = BatchItem.Written()
    do {
      written = try journal.assumeIsolated { journal in
        try journal.write(now: now) { writer in try BatchItem.write(items, with: writer, streams: streams) }
      }
    } catch JournalError.rejected {
      // One of them can never be written. The others must not wait for it.
      for item in items {
        do {
          let one = try journal.assumeIsolated { journal in
            try journal.write(now: now) { writer in try BatchItem.write([item], with: writer, streams: streams) }
          }
          written.commissioning += one.commissioning
          written.numbers.merge(one.numbers) { $1 }
        } catch JournalError.rejected(let reason) {
          log.error("dropped what the database does not allow: \(reason)")
          if case .observation(let lost, _) = item {
            let at = lost.received.wallMs
            let gap = Gap(reason: .unreadable, count: 1, fromWallMs: at, toWallMs: at)
            try journal.assumeIsolated { try $0.write(now: now) { try $0.append(gap, to: .reading) } }
          }
        }
        // Where the disk is full at a later one, this one must not be written again.
        batch.removeFirst()
      }
    }
    return written
  }

  /// A person must not wait for a disk: alerts that cannot be written go out once without a number; the same message
  /// follows with one.
  private func sendUnnumbered() {
    let alerts = batch.compactMap(\.alert).filter { unnumbered.insert($0.transition).inserted }
    for alert in alerts { noteDelivery(of: alert, seq: nil) }
    if !alerts.isEmpty { onWriteFailure(alerts) }
  }

  /// While nothing can be written memory stays bounded: the oldest stream samples go first, declared as a gap.
  private func shedStreams() {
    guard batch.count > Self.longestBatch else { return }
    var excess = batch.count - Self.longestBatch * 3 / 4
    var dropped: [Moment] = []
    batch.removeAll { item in
      guard excess > 0, item.isStream else { return false }
      excess -= 1
      if case .observation(let observation, _) = item { dropped.append(observation.received) }
      return true
    }
    guard let first = dropped.first, let last = dropped.last else { return }
    batch.append(
      .gap(Gap(reason: .overflow, count: dropped.count, fromWallMs: first.wallMs, toWallMs: last.wallMs)))
  }
}
