// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import Glibc
import Logging

/// Sends log lines to journald with their metadata as fields, or to stderr where systemd did not start us.
///
/// `sd_journal_sendv` succeeds silently with no journald (stack.md, fact 22), so `JOURNAL_STREAM` decides.
package struct SystemLogHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level
  private let label: String
  private let usesJournal = getenv("JOURNAL_STREAM") != nil

  package init(label: String, level: Logger.Level) {
    self.label = label
    logLevel = level
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted { $0.key < $1.key }
    if usesJournal {
      var lines = [
        "MESSAGE=\(event.message)", "PRIORITY=\(priority(event.level))", "SYSLOG_IDENTIFIER=vigild", "LOGGER=\(label)",
      ]
      for (key, value) in fields { lines.append("VIGIL_\(journalName(key))=\(value)") }
      if send(lines) { return }
    }
    let suffix = fields.map { " \($0.key)=\($0.value)" }.joined()
    let line = Array("\(event.level) \(label): \(event.message)\(suffix)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }

  private func send(_ lines: [String]) -> Bool {
    var lengths: [Int] = []
    var flat: [UInt8] = []
    for line in lines {
      lengths.append(line.utf8.count)
      flat.append(contentsOf: line.utf8)
    }
    return flat.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return false }
      var vectors: [iovec] = []
      var offset = 0
      for length in lengths {
        vectors.append(iovec(iov_base: base + offset, iov_len: length))
        offset += length
      }
      return sd_journal_sendv(vectors, Int32(vectors.count)) >= 0
    }
  }

  private func journalName(_ key: String) -> String {
    String(key.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// syslog(3) priorities.
  private func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
