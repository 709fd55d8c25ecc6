// SPDX-License-Identifier: GPL-3.0-or-later
import GatewayTestKit
import MQTT
import Testing

@Suite("The MQTT client's TLS, with a real mosquitto", .timeLimit(.minutes(1)))
struct TLSTests {
  let directory: TemporaryDirectory
  let authority: TestCertificates

  init() throws {
    directory = try TemporaryDirectory()
    authority = try TestCertificates(in: directory)
  }

  private func broker(_ pair: TestCertificates.Pair, clientAuthority: String? = nil) throws -> MosquittoBroker {
    var options = MosquittoBroker.Options()
    options.tls = pair
    options.clientAuthority = clientAuthority
    return try MosquittoBroker(options)
  }

  private func expectNoConnection(_ broker: MosquittoBroker, _ tls: Credentials.TLS?, because reason: String? = nil)
    async throws
  {
    let client = try TestClient("a", port: broker.port, tls: tls)
    await client.start()
    // Not each attempt tells why: a broker that hangs up may be noticed before its TLS alert is read.
    await client.inbox.wait { events in
      let reasons = events.compactMap(\.disconnectReason)
      return events.count >= 2 && (reason.map { reason in reasons.contains { $0.contains(reason) } } ?? true)
    }
    #expect(client.inbox.events.allSatisfy { $0.disconnectReason != nil })
    await client.stop()
  }

  @Test func `A good certificate, and messages over it`() async throws {
    let broker = try broker(authority.issue("server", names: "IP:127.0.0.1"))
    let client = try TestClient("a", port: broker.port, tls: Credentials.TLS(authorityFile: authority.authority))
    await client.connect()
    try await client.subscribe("t/#")
    let big = String(repeating: "x", count: 60_000)
    for token in UInt64(1)...20 { try await client.publish("t/x", big, token: token) }
    await client.inbox.wait { $0.compactMap(\.acknowledgement).count >= 20 && $0.compactMap(\.message).count >= 20 }
    #expect(client.inbox.events.compactMap(\.message).allSatisfy { $0.payload.count == 60_000 })
    await client.stop()
  }

  @Test func `Another authority, and the system's`() async throws {
    let broker = try broker(authority.issue("server", names: "IP:127.0.0.1"))
    let other = try TestCertificates(in: directory, name: "other")
    try await expectNoConnection(
      broker, Credentials.TLS(authorityFile: other.authority), because: "certificate verify failed")
    try await expectNoConnection(broker, Credentials.TLS(), because: "certificate verify failed")
  }

  @Test func `Another server's name`() async throws {
    let broker = try broker(authority.issue("127.0.0.1", names: "DNS:other.example"))
    try await expectNoConnection(
      broker, Credentials.TLS(authorityFile: authority.authority), because: "certificate verify failed")
  }

  @Test func `A certificate that has expired`() async throws {
    let broker = try broker(authority.issue("server", names: "IP:127.0.0.1", days: -1))
    try await expectNoConnection(
      broker, Credentials.TLS(authorityFile: authority.authority), because: "certificate verify failed")
  }

  @Test func `The client's own certificate`() async throws {
    let broker = try broker(authority.issue("server", names: "IP:127.0.0.1"), clientAuthority: authority.authority)
    let own = try authority.issue("gw-1", names: "DNS:gw-1")
    let client = try TestClient(
      "gw-1", port: broker.port,
      tls: Credentials.TLS(authorityFile: authority.authority, certificateFile: own.certificate, keyFile: own.key))
    await client.connect()
    await client.stop()
    try await expectNoConnection(
      broker, Credentials.TLS(authorityFile: authority.authority), because: "certificate required")
  }

  @Test func `A server that speaks no TLS, and one that speaks only TLS`() async throws {
    let clear = try MosquittoBroker()
    try await expectNoConnection(clear, Credentials.TLS(authorityFile: authority.authority))
    let relay = try Relay(to: nil)
    let client = try TestClient("a", port: relay.port, tls: Credentials.TLS(authorityFile: authority.authority))
    await client.start()
    await client.inbox.wait { $0.count >= 4 }
    await client.stop()
    try await expectNoConnection(broker(authority.issue("server", names: "IP:127.0.0.1")), nil)
  }
}
