// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import FoundationEssentials
import Gateway
import Texts

struct Scan: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(abstract: ScanTexts.abstract.here, discussion: ScanTexts.discussion.here)
  }

  private static let possibleSeconds = 1...600

  @Option(help: ScanTexts.secondsOption.help) var seconds: Int?
  @Flag(help: ScanTexts.allOption.help) var all = false
  @Flag(help: ScanTexts.serialsOption.help) var serials = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let seconds, !Self.possibleSeconds.contains(seconds) {
      throw ValidationError(ScanTexts.impossibleSeconds.here)
    }
  }

  func run() async throws {
    try await DaemonClient.use { daemon in
      let options: [(String, BusValue)] = serials ? [("serials", .bool(true))] : []
      let answer = try await daemon.call("Scan", [.properties(options)])
      guard case .descriptor(let descriptor) = answer.content else {
        throw Failure(DaemonTexts.emptyAnswer(method: "Scan"))
      }
      var lines = TimedLines(descriptor.raw)
      if !common.json, LiveScreen.isPossible {
        try await LiveScreen.use { try await live(&lines, on: $0) }
      } else {
        try look(&lines)
      }
    }
  }

  private func live(_ lines: inout TimedLines, on screen: LiveScreen) async throws {
    var list = ScanList()
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    while end.map({ .now < $0 }) ?? true, list.state != .ended {
      switch lines.next(within: .milliseconds(250)) {
      case .line(let line):
        if let message = Self.message(line) { list.take(message, at: .now) }
        if lines.hasLine { continue }
      case .nothing: break
      case .end: throw Failure(ScanTexts.daemonWent)
      }
      let table = ScanTable(list: list, all: all, serials: serials, language: .current)
      await screen.show { columns, lines in table.picture(columns: columns, lines: lines, at: .now) }
    }
  }

  /// Without a terminal: a while, then a table; or each line as it comes.
  private func look(_ lines: inout TimedLines) throws {
    var list = ScanList()
    // A device takes some seconds to be connected to and asked.
    let end = ContinuousClock.now + .seconds(seconds ?? (serials ? 30 : 10))
    while .now < end, list.state != .ended {
      switch lines.next(within: end - .now) {
      case .line(let line):
        guard let message = Self.message(line) else { continue }
        if common.json, let text = json(message, list) { Terminal.out(text) }
        if let state = message.state, state.isObstacle { Failure(ScanTexts.state(state.rawValue)).report() }
        list.take(message, at: .now)
      case .nothing: break
      case .end: throw Failure(ScanTexts.daemonWent)
      }
    }
    if !common.json {
      let table = ScanTable(list: list, all: all, serials: serials, language: .current)
      if !list.state.isObstacle || !list.ordered(all: all, at: .now).isEmpty {
        for line in table.lines(at: .now) { Terminal.out(line) }
      }
    }
    // What stands in the way was said when it came.
    if list.state.isObstacle { throw ExitCode.failure }
  }

  private static func message(_ line: String) -> ScanMessage? {
    try? JSONDecoder().decode(ScanMessage.self, from: Data(line.utf8))
  }

  private struct Gone: Encodable {
    let address: String
    let gone = true
  }

  private func json(_ message: ScanMessage, _ list: ScanList) -> String? {
    if let device = message.device, all || device.isUsable {
      return (try? JSONText.encode(device)).map { String(decoding: $0, as: UTF8.self) }
    }
    if let address = message.gone, all || list.hasUse(for: address) {
      return (try? JSONText.encode(Gone(address: address))).map { String(decoding: $0, as: UTF8.self) }
    }
    return nil
  }
}
