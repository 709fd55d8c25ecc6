// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Gateway
import Glibc
import Texts

/// `vigilctl watch`: follows this gateway, over the box's API.
struct WatchBox {
  let isJSON: Bool

  /// Ages change each second, and nobody sees more pictures than this.
  private static let drawInterval = Duration.milliseconds(250)

  func run() async throws {
    try await DaemonClient.use { daemon in
      let answer = try await daemon.call("Watch", [.properties([])])
      guard case .descriptor(let descriptor) = answer.content else {
        throw Failure(DaemonTexts.emptyAnswer(method: "Watch"))
      }
      if !isJSON, LiveScreen.isPossible {
        try await LiveScreen.use { try await draw(TimedLines(descriptor.raw), on: $0) }
      } else {
        write(TimedLines(descriptor.raw))
      }
      withExtendedLifetime(descriptor) {}
      throw Failure(WatchTexts.daemonGone)
    }
  }

  /// Until the daemon closes its end.
  private func draw(_ lines: consuming TimedLines, on screen: LiveScreen) async throws {
    let clock = SystemClock.start()
    var board = WatchBoard()
    var next = ContinuousClock.now
    while true {
      switch lines.next(within: max(.zero, next - .now)) {
      case .line(let line):
        if let news = WatchNews(line: line) { board.take(news) }
      case .nothing: break
      case .end: return
      }
      guard .now >= next else { continue }
      next = .now + Self.drawInterval
      await screen.show { [board] columns, lines in
        board.lines(columns: columns, lines: lines, language: .current, nowMs: clock().monotonicMs)
      }
    }
  }

  /// Until the daemon closes its end. Whoever reads the output slowly is slow at the daemon's end, too, and loses lines.
  private func write(_ lines: consuming TimedLines) {
    // Ctrl-C is how a person ends what goes on for ever. Nothing is buffered that would be lost.
    for number in [SIGINT, SIGTERM] { signal(number) { _ in _exit(0) } }
    var gateway: String?
    while true {
      switch lines.next(within: .seconds(3600)) {
      case .line(let line) where isJSON: Terminal.out(line)
      case .line(let line):
        guard let news = WatchNews(line: line) else { continue }
        for text in Self.texts(of: news, gateway: &gateway) { Terminal.out(text) }
      // A quiet home.
      case .nothing: continue
      case .end: return
      }
    }
  }

  /// - Parameter gateway: what was said of it last; it is said again only where that has changed.
  private static func texts(of news: WatchNews, gateway: inout String?) -> [String] {
    var texts: [String] = []
    if let state = news.state {
      let text = WatchTexts.gateway(
        state.gateway, connected: state.devices.count { $0.state == "connected" }, of: state.devices.count,
        hasBroker: state.brokerConnected
      ).here
      if text != gateway { texts.append(text) }
      gateway = text
    }
    if let missed = news.missed { texts.append(WatchTexts.missedLines(missed).here) }
    if let reading = news.reading { texts.append(WatchBoard.plain(reading, .current)) }
    if let alert = news.alert { texts.append(WatchBoard.plain(alert, .current)) }
    return texts
  }
}
