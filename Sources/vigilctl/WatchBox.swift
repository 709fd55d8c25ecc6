// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import EventLoop
import Gateway
import Glibc
import Synchronization
import Texts

/// `vigilctl watch`: follows this gateway, over the box's API.
struct WatchBox {
  let isJSON: Bool

  /// How often the picture is looked at; ages change each second.
  private static let drawInterval = Duration.milliseconds(250)

  func run() async throws {
    try await DaemonClient.use { daemon in
      let answer = try await daemon.call("Watch", [.properties([])])
      guard case .descriptor(let descriptor) = answer.content else { throw Failure(WatchTexts.noFeed) }
      if !isJSON, LiveScreen.isPossible { try await show(descriptor) } else { try await print(descriptor) }
      throw Failure(WatchTexts.daemonGone)
    }
  }

  // MARK: on a terminal

  private func show(_ descriptor: OwnedDescriptor) async throws {
    let loop = try EventLoop(name: "watch")
    try await LiveScreen.use { screen in
      let board = SharedBoard()
      let lines = DaemonLines(descriptor, on: loop) { line in board.take(line) }
      let drawing = Task {
        while !Task.isCancelled {
          await screen.show { columns, lines in board.lines(columns: columns, lines: lines) }
          try? await Task.sleep(for: Self.drawInterval)
        }
      }
      defer { drawing.cancel() }
      try await lines.readAll()
    }
  }

  /// The board between the loop that reads and the screen that draws.
  private final class SharedBoard: Sendable {
    private let board = Mutex(WatchBoard())
    private let clock = SystemClock.start()

    func take(_ line: String) {
      guard let news = WatchNews(line: line) else { return }
      board.withLock { $0.take(news) }
    }

    func lines(columns: Int, lines: Int) -> [String] {
      board.withLock { $0.lines(columns: columns, lines: lines, language: .current, nowMs: clock().monotonicMs) }
    }
  }

  // MARK: without one

  private func print(_ descriptor: OwnedDescriptor) async throws {
    let loop = try EventLoop(name: "watch")
    let interruption = Interruption(on: loop)
    try await interruption.begin()
    let told = Told()
    let lines = DaemonLines(descriptor, on: loop) { line in
      if isJSON {
        Terminal.out(line)
      } else if let news = WatchNews(line: line) {
        for text in told.lines(news) { Terminal.out(text) }
      }
    }
    try await lines.readAll()
    withExtendedLifetime(interruption) {}
  }

  /// Lines of plain text. The state is told when something in it has changed that a person cares for.
  private final class Told: Sendable {
    private let gateway = Mutex<Text?>(nil)

    func lines(_ news: WatchNews) -> [String] {
      var lines: [Text] = []
      if let state = news.state {
        let text = WatchTexts.gateway(
          state.gateway, connected: state.devices.count { $0.state == "connected" }, of: state.devices.count,
          hasBroker: state.brokerConnected)
        let isNew = gateway.withLock { told in
          defer { told = text }
          return told != text
        }
        if isNew { lines.append(text) }
      }
      if let missed = news.missed { lines.append(WatchTexts.missedLines(missed)) }
      return lines.map(\.here) + (news.reading.map { [WatchBoard.plain($0, .current)] } ?? [])
        + (news.alert.map { [WatchBoard.plain($0, .current)] } ?? [])
    }
  }
}

/// Ctrl-C is how a person ends what goes on for ever: exit code 0.
private actor Interruption {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private var signals: SignalWatch?

  init(on loop: EventLoop) { self.loop = loop }

  func begin() throws { signals = try SignalWatch([SIGINT, SIGTERM], on: loop) { _ in exit(0) } }

  isolated deinit { signals = nil }
}
