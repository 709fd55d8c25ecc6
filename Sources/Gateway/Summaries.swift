// SPDX-License-Identifier: GPL-3.0-or-later
import Journal
import Logging
import Vitals

/// What becomes of streams whose samples are not sent one by one: a summary of each minute that is over, and the samples
/// around an alert. A part of ``Ingest``, on the journal's executor; it works on what is stored, in transactions of its own.
struct Summaries {
  /// From the air to the database a value takes less, in milliseconds.
  private static let longestWay: Int64 = 5000
  /// In one go, so that what has just come does not wait.
  private static let minutes = 4
  private static let samples = 500

  private let journal: Journal
  private let streams: Configuration.Streams
  private let log: Logger
  /// The oldest minute with samples that are not summed up.
  private var next: Journal.Minute?
  private var hasWindows = false
  private var hasFailed = false

  init(journal: Journal, streams: Configuration.Streams, log: Logger) {
    self.journal = journal
    self.streams = streams
    self.log = log
  }

  /// Takes up where the last run ended. Where streams are to be sent in another way than then, what is left of the old
  /// way is done first.
  mutating func resume(now: Moment) throws {
    let (streams, samples) = (streams, Self.samples)
    (next, hasWindows) = try journal.assumeIsolated { journal in
      if try journal.isSummarising() != (streams == .summaries) {
        if streams == .full {
          for window in try journal.fullStreams() {
            while try journal.write(now: now, { try $0.sendInFull(window, limit: samples) }) > 0 {}
            try journal.write(now: now) { try $0.closeFullStream(window) }
          }
          while let minute = try journal.nextMinute() { try journal.write(now: now) { try $0.summarise(minute) } }
        }
        try journal.write(now: now) { try $0.setSummarising(streams == .summaries) }
      }
      guard streams == .summaries else { return (nil, false) }
      return (try journal.nextMinute(), try !journal.fullStreams().isEmpty)
    }
  }

  /// These have been committed.
  mutating func written(_ items: [BatchItem]) {
    guard streams == .summaries else { return }
    for item in items {
      switch item {
      case .observation(let observation, _) where observation.isStream && observation.purpose == .care:
        if next == nil { next = Journal.Minute(of: observation.received) }
      case .alert(let alert) where alert.phase == .start && alert.state == .active: hasWindows = true
      default: continue
      }
    }
  }

  /// Does what there is to do, or a part of it.
  ///
  /// - Parameter waiting: when the first sample came that is not committed yet.
  /// - Returns: whether there is something new to send.
  mutating func work(now: Moment, waiting: Moment?) -> Bool {
    guard next != nil || hasWindows else { return false }
    var isNew = false
    do {
      // Everything that came before has been committed.
      let writtenMs = min(now.monotonicMs &- Self.longestWay, waiting?.monotonicMs ?? .max)
      isNew = try sendWindows(now: now, writtenMs: writtenMs)
      isNew = try summarise(now: now, writtenMs: writtenMs) || isNew
      hasFailed = false
    } catch {
      if !hasFailed { log.error("cannot sum up streams, will try again: \(error)") }
      hasFailed = true
    }
    return isNew
  }

  private mutating func sendWindows(now: Moment, writtenMs: Int64) throws -> Bool {
    guard hasWindows else { return false }
    var isNew = false
    hasWindows = try journal.assumeIsolated { journal in
      var isOpen = false
      for window in try journal.fullStreams() {
        if try journal.hasSamples(window) {
          let sent = try journal.write(now: now) { try $0.sendInFull(window, limit: Self.samples) }
          isNew = true
          isOpen = isOpen || sent == Self.samples
          if sent == Self.samples { continue }
        }
        if window.bootID == now.bootID, window.untilMs >= writtenMs {
          isOpen = true
        } else {
          try journal.write(now: now) { try $0.closeFullStream(window) }
        }
      }
      return isOpen
    }
    return isNew
  }

  private mutating func summarise(now: Moment, writtenMs: Int64) throws -> Bool {
    var isNew = false
    for _ in 0..<Self.minutes {
      // One that is still to come is a damaged row's.
      guard let minute = next,
        minute.bootID != now.bootID || minute.toMs <= writtenMs || minute.fromMs > now.monotonicMs
      else { break }
      next = try journal.assumeIsolated { journal in
        try journal.write(now: now) { try $0.summarise(minute) }
        return try journal.nextMinute()
      }
      isNew = true
    }
    return isNew
  }
}
