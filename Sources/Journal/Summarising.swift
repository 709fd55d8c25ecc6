// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// How streams become summaries. Nothing is added up on the way: a minute is computed from the stored samples once it is
/// over, in one transaction with how far that has come, so whatever ends the program, each sample is counted once.
extension Journal {
  /// A minute of one boot.
  package struct Minute: Sendable, Equatable {
    package let bootID: String
    /// Its beginning, monotonic.
    package let fromMs: Int64
    package var toMs: Int64 { fromMs &+ StreamSummary.length }

    package init(of moment: Moment) {
      bootID = moment.bootID
      fromMs = StreamSummary.beginning(of: moment.monotonicMs)
    }

    fileprivate init(of sample: StreamSamples.Sample) {
      bootID = sample.bootID
      fromMs = StreamSummary.beginning(of: sample.monotonicMs)
    }
  }

  private var samples: StreamSamples { StreamSamples(connection: connection) }
  private var progress: Progress { Progress(connection: connection) }

  /// The minute of the first sample that no summary counts yet.
  package func nextMinute() throws -> Minute? {
    try samples.first(after: progress.value(.summarised) ?? 0).map(Minute.init)
  }

  /// Whether streams became summaries when the journal was last written to.
  package func isSummarising() throws -> Bool { try progress.value(.summaries) == 1 }
}

extension Journal.Writer {
  private var samples: StreamSamples { StreamSamples(connection: journal.connection) }
  private var progress: Progress { Progress(connection: journal.connection) }

  /// From now on streams become summaries, or not any more. Every row up to here has a number, or has been summed up.
  package func setSummarising(_ isSummarising: Bool) throws {
    let last = try samples.last()
    if isSummarising {
      try progress.set(.numbered, to: last)
      try progress.set(.summarised, to: last)
    }
    try progress.set(.summaries, to: isSummarising ? 1 : 0)
  }

  /// Sums up the oldest minute that is not: a summary of each source, each with its row in the ledger. What of it cannot
  /// be read is declared as a gap.
  ///
  /// - Parameter minute: as ``Journal/nextMinute()`` gave it; nothing more may come in it.
  package func summarise(_ minute: Journal.Minute) throws {
    let table = SummaryTable(connection: journal.connection, readings: journal.readings)
    let run = try samples.run(
      after: progress.value(.summarised) ?? 0, bootID: minute.bootID, from: minute.fromMs, to: minute.toMs)
    guard let last = run.last else { return }
    var sources: [Int64] = []
    var observations: [Int64: [Observation]] = [:]
    var unreadable = 0
    for sample in run {
      do {
        let observation = try journal.readings.read(sample.row)
        if observations[sample.source] == nil { sources.append(sample.source) }
        observations[sample.source, default: []].append(observation)
      } catch is JournalError {
        unreadable += 1
      }
    }
    for source in sources {
      guard let summary = try summary(of: observations[source] ?? [], source, in: table) else { continue }
      try journal.ledger.append(
        .summary, try table.insert(summary, source: source), to: .reading, atWallMs: atWallMs)
    }
    if unreadable > 0 {
      try append(Gap(reason: .unreadable, count: unreadable, fromWallMs: nil, toWallMs: nil), to: .reading)
    }
    try progress.set(.summarised, to: last.row)
  }

  /// A minute has one summary, but one that was cut by a change from summaries to full streams and back has two: the
  /// second one begins where its first sample is, so that it is another one.
  private func summary(of samples: [Observation], _ source: Int64, in table: SummaryTable) throws -> StreamSummary? {
    guard let whole = StreamSummary(of: samples), let first = samples.first?.received else { return nil }
    let bootID = first.bootID
    guard try table.holds(source: source, bootID: bootID, fromMs: whole.from.monotonicMs) else { return whole }
    var fromMs = first.monotonicMs
    while try table.holds(source: source, bootID: bootID, fromMs: fromMs) { fromMs &+= 1 }
    return StreamSummary(of: samples, fromMs: fromMs)
  }
}
