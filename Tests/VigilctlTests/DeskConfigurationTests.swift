// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Document
import Testing

@testable import vigilctl

@Suite struct DeskConfigurationTests {
  func load(_ text: String) throws(DocumentError) -> DeskConfiguration {
    try DeskConfiguration.load(text: text, file: "desk.yaml", fileExists: { !$0.contains("missing") })
  }

  func failure(_ text: String) -> String {
    do {
      _ = try load(text)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func theRestHasDefaults() throws {
    let desk = try load("clinic: c-12\nbroker: {host: mqtt.clinic.example}\n")
    #expect(desk.clinic == "c-12" && desk.broker.host == "mqtt.clinic.example" && desk.broker.port == 8883)
    #expect(desk.broker.tls != nil && desk.clientID == nil && desk.healthSeconds == 60)
    #expect(desk.nameAtBroker.hasPrefix("vigil-desk-"))
    #expect(desk.secondTier == .byDefault && desk.signature == nil)
  }

  @Test func everythingCanBeSaid() throws {
    let desk = try load(
      """
      clinic: c-12
      broker: {host: 10.0.0.7, tls: off, username: desk, password-file: /etc/vigil/desk.password}
      client-id: front-desk
      health-seconds: 5
      second-tier-minutes: {high: 3, medium: [20, 60], technical: 120}
      key: {id: desk-1, file: /home/desk/desk.pem, role: nurse}
      by: u-12
      """)
    #expect(desk.broker.port == 1883 && desk.broker.tls == nil && desk.broker.username == "desk")
    #expect(desk.nameAtBroker == "front-desk" && desk.healthSeconds == 5)
    #expect(
      desk.secondTier == SecondTier(highMs: [180_000], mediumMs: [1_200_000, 3_600_000], technicalMs: [7_200_000]))
    #expect(
      desk.signature
        == DeskConfiguration.Signature(keyID: "desk-1", role: .nurse, file: "/home/desk/desk.pem", by: "u-12"))
  }

  @Test(arguments: [
    ("clinic: c1\n", "desk.yaml:1:1: missing key 'broker'"),
    (
      "clinic: c1\ngateway: gw-1\nbroker: {host: b}\n",
      "desk.yaml:2:1: unknown key 'gateway', known: clinic, broker, client-id, health-seconds, second-tier-minutes, key, by"
    ),
    ("clinic: c1\nbroker: {host: b, loud: yes}\n", "desk.yaml:2:19: broker: unknown key 'loud'"),
    (
      "clinic: c1\nbroker: {host: b}\nhealth-seconds: 0\n",
      "desk.yaml:3:17: health-seconds: 0 is outside 1 to 3600"
    ),
    ("clinic: c1\nbroker: {host: b}\nclient-id: \"\"\n", "desk.yaml:3:12: client-id: must be 1 to 256"),
    ("clinic: C1\nbroker: {host: b}\n", "desk.yaml:1:9: clinic: 'C1' is not an id"),
    ("clinic: c1\nbroker: {host: b, password: x}\n", "desk.yaml:2:19: broker.password: a password does not belong"),
    ("clinic: c1\nbroker: {host: b, username: u, password-file: /missing}\n", "desk.yaml:2:47: broker.password-file"),
    (
      "clinic: c1\nbroker: {host: b}\nsecond-tier-minutes: {high: [5, 5]}\n",
      "desk.yaml:3:33: second-tier-minutes.high[1]: must be more than what stands before it"
    ),
    (
      "clinic: c1\nbroker: {host: b}\nsecond-tier-minutes: {high: 0}\n",
      "desk.yaml:3:29: second-tier-minutes.high: 0 is"
    ),
    (
      "clinic: c1\nbroker: {host: b}\nkey: {id: k, file: /k, role: nurse}\n",
      "desk.yaml:1:1: missing key 'by'"
    ),
    (
      "clinic: c1\nbroker: {host: b}\nby: u-1\nkey: {id: k, file: /missing, role: nurse}\n",
      "desk.yaml:4:20: key.file: '/missing' does not exist"
    ),
    (
      "clinic: c1\nbroker: {host: b}\nby: u-1\nkey: {id: k, file: /k, role: cook}\n",
      "desk.yaml:4:30: key.role: expected one of nurse, doctor"
    ),
    (
      "clinic: c1\nbroker: {host: b}\nby: \"u 1\"\nkey: {id: k, file: /k, role: nurse}\n",
      "desk.yaml:3:5: by: must be 1 to 64 printable"
    ),
  ])
  func mistakesHaveAPlace(text: String, error: String) {
    #expect(failure(text).hasPrefix(error))
  }
}
