// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import GatewayTestKit
import Glibc
import Logging
import MQTT
import Synchronization
import Testing

@Suite("The MQTT client, with a real mosquitto", .timeLimit(.minutes(1)))
struct ClientTests {
  /// An owner with a ledger on the client's loop: keeps a window in flight, and sends again after a connection.
  private actor Owner {
    nonisolated let unownedExecutor: UnownedSerialExecutor
    private let client: Client
    private let window: Int
    private var waiting: [UInt64]
    private var inFlight: Set<UInt64> = []
    private(set) var most = 0

    init(_ client: Client, tokens: ClosedRange<UInt64>, window: Int) {
      self.client = client
      self.window = window
      waiting = Array(tokens)
      unownedExecutor = client.unownedExecutor
    }

    func handle(_ event: Client.Event) {
      switch event {
      case .connected: pump()
      case .disconnected:
        waiting = inFlight.sorted() + waiting
        inFlight.removeAll()
      case .acknowledged(let token, _):
        inFlight.remove(token)
        pump()
      default: break
      }
    }

    func pump() {
      while inFlight.count < window, let token = waiting.first {
        do {
          try client.assumeIsolated {
            try $0.publish(topic: "t/x", payload: Array("\(token)".utf8), retain: false, token: token)
          }
        } catch { return }
        waiting.removeFirst()
        inFlight.insert(token)
        most = max(most, inFlight.count)
      }
    }
  }

  private func received(_ events: [Client.Event]) -> [String] {
    events.compactMap(\.message).map { String(decoding: $0.payload, as: UTF8.self) }
  }

  @Test func `an answer carries the correlation data of its question`() async throws {
    let broker = try MosquittoBroker()
    let reader = try TestClient("reader", port: broker.port)
    await reader.connect()
    try await reader.subscribe("t/#")
    let writer = try TestClient("writer", port: broker.port)
    await writer.connect()
    for data in [[0, 1, 255], []] as [[UInt8]] {
      try await writer.client.publish(topic: "t/x", payload: [7], retain: false, correlationData: data, token: 1)
    }
    await reader.inbox.wait { $0.compactMap(\.message).count >= 2 }
    let data = reader.inbox.events.compactMap(\.message).map(\.correlationData)
    #expect(data.first == [0, 1, 255])
    await #expect(throws: MQTTError.tooLarge) {
      try await writer.client.publish(
        topic: "t/x", payload: [], retain: false, correlationData: Array(repeating: 0, count: 70_000), token: 2)
    }
    await writer.stop()
    await reader.stop()
  }

  @Test func `500 messages in a window are acknowledged and arrive once, in order`() async throws {
    let broker = try MosquittoBroker()
    let reader = try TestClient("reader", port: broker.port)
    await reader.connect()
    try await reader.subscribe("t/#")
    let writer = try TestClient("writer", port: broker.port)
    let owner = Owner(writer.client, tokens: 1...500, window: 50)
    await writer.client.start { [inbox = writer.inbox] event in
      owner.assumeIsolated { $0.handle(event) }
      inbox.record(event)
    }
    await writer.inbox.wait { $0.compactMap(\.acknowledgement).count >= 500 }
    await reader.inbox.wait { $0.compactMap(\.message).count >= 500 }
    let acknowledgements = writer.inbox.events.compactMap(\.acknowledgement)
    #expect(acknowledgements.allSatisfy { $0.reason == 0 })
    #expect(Set(acknowledgements.map(\.token)) == Set(1...500))
    #expect(received(reader.inbox.events) == (1...500).map { "\($0)" })
    #expect(await owner.most == 50)
    await writer.stop()
    await reader.stop()
  }

  /// The second hundred is in the kernel when the broker dies: it has read none of it. The owner sends all of it again,
  /// and the library, whose handle is a new one, adds nothing.
  @Test func `After a broker's death the owner's resend brings everything, once`() async throws {
    let broker = try MosquittoBroker()
    let reader = try TestClient("reader", port: broker.port)
    await reader.connect()
    try await reader.subscribe("t/#")
    let writer = try TestClient("writer", port: broker.port)
    let owner = Owner(writer.client, tokens: 1...100, window: 100)
    await writer.client.start { [inbox = writer.inbox] event in
      owner.assumeIsolated { $0.handle(event) }
      inbox.record(event)
    }
    await reader.inbox.wait { $0.compactMap(\.message).count >= 100 }
    await writer.inbox.wait { $0.compactMap(\.acknowledgement).count >= 100 }

    broker.freeze()
    for token in UInt64(101)...200 { try await writer.publish("t/x", "\(token)", token: token) }
    broker.kill()
    await writer.inbox.wait { $0.contains { $0.disconnectReason != nil } }
    await #expect(throws: MQTTError.notConnected) { try await writer.publish("t/x", token: 999) }
    await #expect(throws: MQTTError.notConnected) { try await writer.client.subscribe("t/x") }
    await reader.inbox.wait { $0.contains { $0.disconnectReason != nil } }
    let readerConnections = reader.inbox.events.filter(\.isConnected).count
    let writerConnections = writer.inbox.events.filter(\.isConnected).count
    try broker.start()
    await reader.inbox.waitForConnection(count: readerConnections + 1)
    try await reader.client.subscribe("t/#")
    await reader.inbox.wait { $0.filter { if case .subscribed = $0 { true } else { false } }.count >= 2 }
    await writer.inbox.waitForConnection(count: writerConnections + 1)
    for token in UInt64(101)...200 { try await writer.publish("t/x", "\(token)", token: token) }
    await writer.inbox.wait { $0.compactMap(\.acknowledgement).count >= 200 }
    await reader.inbox.wait { events in Set(events.compactMap(\.message).map(\.payload)).count >= 200 }
    // Of the first hundred the broker may repeat to the reader what the reader acknowledged while it died.
    let tokens = received(reader.inbox.events).compactMap { Int($0) }
    #expect(tokens.filter { $0 > 100 } == Array(101...200))
    #expect(Set(tokens) == Set(1...200))
    await writer.stop()
    await reader.stop()
  }

  @Test func `The reasons of an acknowledgement are passed on`() async throws {
    var options = MosquittoBroker.Options()
    options.accessRules = ["topic readwrite mine/#"]
    let broker = try MosquittoBroker(options)
    let client = try TestClient("writer", port: broker.port)
    await client.connect()
    try await client.publish("mine/x", token: 1)
    #expect(await client.acknowledgement(of: 1) == 16)
    try await client.publish("theirs/x", token: 2)
    #expect(await client.acknowledgement(of: 2) == 135)
    try await client.subscribe("mine/#")
    try await client.publish("mine/x", token: 3)
    #expect(await client.acknowledgement(of: 3) == 0)
    await client.stop()
  }

  @Test func `What cannot be sent is refused at once, and the rest goes on`() async throws {
    var options = MosquittoBroker.Options()
    options.extra = ["max_packet_size 2000"]
    let broker = try MosquittoBroker(options)
    let client = try TestClient("writer", port: broker.port)
    await client.connect()
    let big = String(repeating: "x", count: 2000)
    await #expect(throws: MQTTError.tooLarge) { try await client.publish("t/x", big, token: 1) }
    for topic in ["", "a/+/b", "a/#", "a\u{0}b"] {
      await #expect(throws: MQTTError.invalidTopic, "\(topic)") { try await client.publish(topic, token: 2) }
    }
    for filter in ["", "a/#/b", "a\u{0}b"] {
      await #expect(throws: MQTTError.invalidTopic, "\(filter)") { try await client.client.subscribe(filter) }
    }
    try await client.publish("t/x", token: 3)
    #expect(await client.acknowledgement(of: 3) == 16)
    broker.freeze()
    for token in 0..<UInt64(Client.maximumInFlight) { try await client.publish("t/x", token: 1000 + token) }
    await #expect(throws: MQTTError.tooManyInFlight) { try await client.publish("t/x", token: 4) }
    broker.kill()
    await client.stop()
  }

  @Test func `Messages come with what belongs to them`() async throws {
    let broker = try MosquittoBroker()
    let client = try TestClient("reader", port: broker.port)
    await client.connect()
    try await client.publish("t/kept", "", retain: true, token: 1)
    try await client.publish("t/kept", "old", retain: true, token: 2)
    _ = await client.acknowledgement(of: 2)
    try await client.subscribe("t/#")
    try Subprocess.run(
      "mosquitto_pub",
      [
        "-V", "5", "-p", "\(broker.port)", "-t", "t/request", "-q", "1", "-n", "-D", "publish", "correlation-data",
        "abc",
        "-D", "publish", "response-topic", "t/answer",
      ], log: broker.directory.file("pub.log"))
    await client.inbox.wait { $0.compactMap(\.message).count >= 2 }
    #expect(
      client.inbox.events.compactMap(\.message) == [
        Message(topic: "t/kept", payload: Array("old".utf8), retained: true),
        Message(
          topic: "t/request", payload: [], retained: false, correlationData: Array("abc".utf8),
          responseTopic: "t/answer"),
      ])
    await client.stop()
  }

  @Test func `A session is resumed, and what came meanwhile is there`() async throws {
    let broker = try MosquittoBroker()
    let reader = try TestClient("reader", port: broker.port)
    await reader.connect()
    #expect(reader.inbox.events.first == .connected(sessionPresent: false))
    try await reader.subscribe("t/#")
    await reader.stop()
    let writer = try TestClient("writer", port: broker.port)
    await writer.connect()
    try await writer.publish("t/x", "meanwhile", token: 1)
    _ = await writer.acknowledgement(of: 1)
    let again = try TestClient("reader", port: broker.port)
    await again.connect()
    #expect(again.inbox.events.first == .connected(sessionPresent: true))
    await again.inbox.wait { $0.contains { $0.message != nil } }
    await again.stop()
    await writer.stop()
  }

  @Test func `The will speaks after a cut and its delay, anew for each attempt, and not after a stop`() async throws {
    let broker = try MosquittoBroker()
    let reader = try TestClient("reader", port: broker.port)
    await reader.connect()
    try await reader.subscribe("t/#")
    let relay = try Relay(to: broker.port)
    let client = try TestClient("gateway", port: relay.port)
    let attempts = Atomic<Int>(0)
    await client.connect {
      let attempt = attempts.wrappingAdd(1, ordering: .relaxed).newValue
      return Will(topic: "t/status", payload: Array("gone \(attempt)".utf8), delaySeconds: 2, retain: false)
    }
    let cutAt = ContinuousClock.now
    relay.cut()
    await client.inbox.wait { $0.contains { $0.disconnectReason != nil } }
    await reader.inbox.wait { $0.contains { $0.message != nil } }
    // The broker counts in whole seconds.
    #expect(.now - cutAt >= .seconds(1))
    #expect(received(reader.inbox.events) == ["gone 1"])
    await client.inbox.wait { $0.compactMap(\.disconnectReason).count >= 3 }
    #expect(attempts.load(ordering: .relaxed) >= 3)
    await client.stop()

    let polite = try TestClient("polite", port: broker.port)
    await polite.connect { Will(topic: "t/will", payload: [1], delaySeconds: 0, retain: false) }
    await polite.client.stop(final: ("t/last", Array("bye".utf8), false))
    await polite.stop()
    // A will without delay is published before anything that the broker reads later.
    try await reader.publish("t/after", "after", token: 1)
    await reader.inbox.wait { $0.contains { $0.message?.topic == "t/after" } }
    #expect(received(reader.inbox.events) == ["gone 1", "bye", "after"])
    await reader.stop()
  }

  @Test func `A stop that the broker does not answer ends after its time`() async throws {
    let broker = try MosquittoBroker()
    let client = try TestClient("gateway", port: broker.port)
    await client.connect()
    broker.freeze()
    await client.client.stop(final: ("t/last", [1], false), timeout: .milliseconds(50))
    await #expect(throws: MQTTError.notConnected) { try await client.publish("t/x", token: 1) }
    await client.stop()
  }

  @Test func `A stop without a connection returns at once, whatever the attempt is doing`() async throws {
    let nobody = try TestClient("a", port: Loopback.freePort())
    await nobody.start()
    await nobody.inbox.wait { !$0.isEmpty }
    await nobody.stop()

    // A listener whose queue is full does not answer: connect(2) blocks, for 135 s, on its own thread.
    let (listener, port) = try Loopback.listen(backlog: 0)
    let fillers = (0..<4).map { _ in Loopback.connect(port: port, blocking: false) }
    let stuck = try TestClient("b", port: port)
    await stuck.start()
    #expect(await !stuck.client.isConnected)
    await stuck.client.stop(final: ("t", [], true), timeout: .seconds(50))
    await stuck.stop()
    #expect(stuck.inbox.events == [])
    for filler in fillers { if let filler { close(filler) } }
    close(listener)

    let never = try TestClient("c", port: port)
    await never.stop()
  }

  @Test func `One attempt at a time, a pause after each, one line in the log for each reason`() async throws {
    let relay = try Relay(to: nil)
    let lines = LogLines()
    let client = try TestClient("a", port: relay.port, log: lines.logger)
    await client.start()
    await client.inbox.wait { $0.count >= 8 }
    let failures = client.inbox.events.count
    await client.stop()
    #expect((failures...failures + 2).contains(relay.connections))
    #expect(client.inbox.events.allSatisfy { $0.disconnectReason != nil })
    #expect(Set(client.inbox.events.compactMap(\.disconnectReason)).count >= lines.warnings.count)
    #expect(lines.warnings.count < failures)
  }

  @Test func `A refused user is told so, once in the log, and no secret with it`() async throws {
    var options = MosquittoBroker.Options()
    options.users = ["gateway": "right-password"]
    let broker = try MosquittoBroker(options)
    let lines = LogLines()
    let wrong = try TestClient(
      "a", port: broker.port, username: "gateway", password: "wrong-password", log: lines.logger)
    await wrong.start()
    await wrong.inbox.wait { $0.count >= 4 }
    #expect(
      wrong.inbox.events.allSatisfy { $0.disconnectReason?.contains("refused by the broker: Not authorized") == true })
    await wrong.stop()
    #expect(lines.warnings.count == 1)
    #expect(!lines.all.contains { $0.contains("wrong-password") })
    let right = try TestClient("a", port: broker.port, username: "gateway", password: "right-password")
    await right.connect()
    await right.stop()
  }

  @Test func `Credentials that nobody could use are refused, and their descriptions keep the secret`() throws {
    let credentials = Credentials(host: "h", port: 8883, clientID: "gw-1", username: "user-1", password: "pass-1")
    var dumped = ""
    dump(credentials, to: &dumped)
    let texts = [
      "\(credentials)", String(reflecting: credentials), "\([credentials])", "\(Optional(credentials) as Any)", dumped,
    ]
    for text in texts {
      #expect(text.contains("gw-1 at mqtts://h:8883"))
      #expect(!text.contains("pass-1"))
      #expect(!text.contains("user-1"))
    }
    let none = Credentials.TLS(authorityFile: "/nonexistent.pem")
    for bad in [
      Credentials(host: "", port: 1, clientID: "a"), Credentials(host: "h", port: 0, clientID: "a"),
      Credentials(host: "h", port: 65536, clientID: "a"), Credentials(host: "h", port: 1, clientID: ""),
      Credentials(host: "h", port: 1, clientID: "a", password: "\u{0}"),
      Credentials(host: "h", port: 1, clientID: "a", tls: none),
    ] {
      #expect(throws: MQTTError.self) { try TestClient(bad) }
    }
  }

  @Test func `A broken connection does not kill the process`() throws {
    _ = try TestClient("a", port: 1)
    var action = sigaction()
    sigaction(SIGPIPE, nil, &action)
    #expect(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1)  // SIG_IGN
  }
}
