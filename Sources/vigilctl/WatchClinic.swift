// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import EventLoop
import Gateway
import Glibc
import Logging
import MQTT
import Texts

/// `vigilctl watch --clinic`: follows the broker as a clinic's desk, for ever.
enum WatchClinic {
  private static let drawInterval = Duration.milliseconds(250)
  /// How long the broker keeps the session of a desk without a name of its own: as long as a network hiccup.
  private static let shortSession: UInt32 = 300
  private static let longSession: UInt32 = 7 * 86_400
  private static let longestPause = Duration.seconds(10)

  /// - Parameter path: of the desk's configuration.
  static func run(config path: String, isJSON: Bool) async throws {
    try await Failure.reported {
      let follower = try follower(try DeskConfiguration.read(path))
      if !isJSON, LiveScreen.isPossible { try await show(follower) } else { try await tell(follower, isJSON) }
    }
  }

  private static func follower(_ configuration: DeskConfiguration) throws -> DeskFollower {
    let signer = try configuration.signature.map { try DeskSigner(reading: $0) }
    let credentials = try configuration.broker.credentials(clientID: configuration.nameAtBroker)
    do {
      let client = try Client(
        loop: try EventLoop(name: "desk"), credentials: credentials,
        keepAlive: UInt16(clamping: configuration.broker.keepaliveSeconds),
        sessionExpirySeconds: configuration.clientID == nil ? shortSession : longSession,
        backoff: Backoff(maximum: longestPause),
        // What it has to say is on the screen.
        log: Logger(label: "desk") { _ in SwiftLogNoOpLogHandler() })
      return DeskFollower(configuration, signer: signer, client: client, clock: SystemClock.start())
    } catch let error as MQTTError {
      throw Failure(DeskTexts.brokerFailure(reason: "\(error)"))
    }
  }

  private static func show(_ follower: DeskFollower) async throws {
    try await LiveScreen.use { screen in
      try await follower.start { events, _ in
        // Somebody may be looking elsewhere.
        if events.contains(where: \.isLoud) { Terminal.write("\u{7}", to: Terminal.standardOutput) }
      }
      let keyboard = DeskKeyboard()
      await screen.listen { keys in
        for (alert, version) in keyboard.press(keys) {
          Task { await follower.acknowledge(alert, version: version) }
        }
      }
      // Ctrl-C ends the program from within the screen.
      while true {
        let sight = await follower.sight
        keyboard.see(sight.desk.openAlerts)
        await screen.show { columns, lines in
          DeskScreen(sight, controls: keyboard.controls, language: .current).lines(columns: columns, lines: lines)
        }
        try await Task.sleep(for: drawInterval)
      }
    }
  }

  private static func tell(_ follower: DeskFollower, _ isJSON: Bool) async throws {
    // On a loop of its own: the desk's may be waiting for whoever reads what we say.
    let signals = try EventLoop(name: "signals")
    let interruption = Interruption(on: signals)
    try await interruption.begin()
    let lines = DeskLines(isJSON: isJSON, language: .current)
    try await follower.start { events, sight in
      for line in lines.next(events, sight) {
        switch line {
        case .result(let text): Terminal.out(text)
        case .remark(let text): Terminal.err(text)
        }
      }
    }
    let input = DeskInput(on: signals, for: follower)
    if isJSON { await input.begin() }
    while true { try await Task.sleep(for: .seconds(86_400)) }
  }
}

/// Ends the program with exit code 0 when a person or systemd wants that.
private actor Interruption {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private var signals: SignalWatch?

  init(on loop: EventLoop) { self.loop = loop }

  func begin() throws { signals = try SignalWatch([SIGINT, SIGTERM, SIGHUP], on: loop) { _ in exit(0) } }
}
