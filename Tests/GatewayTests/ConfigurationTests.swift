// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Document
import Testing

@testable import Gateway

@Suite struct ConfigurationTests {
  static let minimal = "clinic: c-12\ngateway: gw-0007\nzone: Asia/Shanghai\nbroker: {host: mqtt.clinic.example}\n"

  func load(_ text: String) throws(DocumentError) -> Configuration {
    try Configuration.load(
      text: text, file: "vigil.yaml", zoneExists: { ["Asia/Shanghai", "UTC"].contains($0) },
      fileExists: { !$0.contains("missing") })
  }

  func failure(_ text: String) -> String {
    do {
      _ = try load(text)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func theRestHasDefaults() throws {
    let configuration = try load(Self.minimal)
    #expect(configuration.clinic == "c-12")
    #expect(configuration.gateway == "gw-0007")
    #expect(configuration.zone == "Asia/Shanghai")
    #expect(
      configuration.broker
        == Configuration.Broker(
          host: "mqtt.clinic.example", port: 8883, tls: .init(ca: nil, certificate: nil, key: nil), username: nil,
          passwordFile: nil, keepaliveSeconds: 20))
    #expect(configuration.storage.database == "/var/lib/vigil/vigil.db")
    #expect(configuration.profiles == ["/usr/share/vigil/device-profiles", "/etc/vigil/device-profiles"])
    #expect(configuration.streams == .summaries)
    #expect(try configuration.rules == .defaults)
    #expect(configuration.bluetooth.adapter == "hci0")
    #expect(configuration.bluetooth.pairingSeconds == 300 && configuration.bluetooth.commissioningSeconds == 900)
    #expect(configuration.log.level == .info)
  }

  @Test func everythingCanBeSaid() throws {
    let configuration = try load(
      """
      # a whole one
      clinic: c-12
      gateway: gw-0007
      zone: UTC
      broker:
        host: fd00::17
        port: 8884
        tls: {ca: /etc/vigil/ca.pem, certificate: /etc/vigil/gw.pem, key: /etc/vigil/gw.key}
        username: gw-0007
        password-file: /etc/vigil/password
        keepalive-seconds: 60
      storage: {database: /srv/vigil.db}
      profiles: [/opt/profiles]
      streams: full
      rules:
        settle-seconds: 0
        OX-1: {confirm-seconds: 5, clear-seconds: 10}
        HR-2: {enabled: false}
      bluetooth: {adapter: hci1, pairing-seconds: 60, commissioning-seconds: 120}
      log: {level: debug}
      """)
    #expect(
      configuration.broker
        == Configuration.Broker(
          host: "fd00::17", port: 8884,
          tls: .init(ca: "/etc/vigil/ca.pem", certificate: "/etc/vigil/gw.pem", key: "/etc/vigil/gw.key"),
          username: "gw-0007", passwordFile: "/etc/vigil/password", keepaliveSeconds: 60))
    #expect(configuration.storage.database == "/srv/vigil.db")
    #expect(configuration.profiles == ["/opt/profiles"])
    #expect(configuration.streams == .full)
    #expect(configuration.rules.settle == 0)
    #expect(!configuration.rules.rules.contains { $0.id == "HR-2" })
    #expect(configuration.rules.rules.first { $0.id == "OX-1" }?.confirmation.stream == 5000)
    #expect(configuration.bluetooth.adapter == "hci1")
    #expect(configuration.bluetooth.pairingSeconds == 60 && configuration.bluetooth.commissioningSeconds == 120)
    #expect(configuration.log.level == .debug)
  }

  @Test func withoutTLSThePortIsAnother() throws {
    let broker = try load(Self.minimal.replacing("example}", with: "example, tls: off}")).broker
    #expect(broker.tls == nil)
    #expect(broker.port == 1883)
  }

  /// Each stands after the four lines of the minimal one, so on line 5.
  @Test(arguments: [
    (
      "colour: red",
      "5:1: unknown key 'colour', known: clinic, gateway, zone, broker, "
        + "storage, profiles, streams, receipts, consumer, commands, rules, bluetooth, log"
    ),
    ("clinic: c-13", "5:1: duplicate key 'clinic'"),
    ("storage: /srv/vigil.db", "5:10: storage: expected a mapping, found a single value"),
    (
      "storage: {database: vigil.db}",
      "5:21: storage.database: 'vigil.db' is not allowed, allowed: a path from the root, such as /etc/vigil/file"
    ),
    ("storage: {file: /x}", "5:11: storage: unknown key 'file', known: database, limit-mib, keep"),
    ("profiles: /opt/profiles", "5:11: profiles: expected a list, found a single value"),
    ("profiles: []", "5:11: profiles: the list is empty, allowed: one directory or more"),
    (
      "profiles: [/opt/a, /opt/missing]",
      "5:20: profiles[1]: '/opt/missing' does not exist or cannot be seen by this user"
    ),
    ("streams: summary", "5:10: streams: expected one of full, summaries, found 'summary'"),
    ("bluetooth: {pairing-seconds: 301}", "5:30: bluetooth.pairing-seconds: 301 is outside 1 to 300"),
    ("bluetooth: {adapter: usb0}", "5:22: bluetooth.adapter: 'usb0' is not an adapter, allowed: hci0, hci1 and so on"),
    (
      "log: {level: loud}",
      "5:14: log.level: expected one of trace, debug, info, notice, warning, error, critical, found 'loud'"
    ),
    (
      "rules: {OX-9: {}}",
      "5:9: rules: unknown key 'OX-9', known: settle-seconds, edition, file, BP-1, BP-2, BP-3, "
        + "BP-4-uncontrolled, BP-4, BP-5, BP-6, BP-7, OX-1, OX-2, OX-4, OX-3, OX-S2-high, OX-S2-medium, OX-S2-low, "
        + "OX-S2-oxygen, HR-1, HR-2, HR-3, IR-1, TP-1, TP-2, GL-1-high, GL-1, GL-2-high, GL-2, WT-1"
    ),
    ("rules: {settle-seconds: 90}", "5:25: rules.settle-seconds: 90 is outside 0 to 60"),
    ("rules: {OX-1: {confirm-seconds: 31}}", "5:33: rules.OX-1.confirm-seconds: 31 is outside 1 to 30"),
    (
      "rules: {OX-1: {limit: 80}}",
      "5:16: rules.OX-1: unknown key 'limit', known: enabled, confirm-seconds, clear-seconds"
    ),
    ("rules: {OX-1: {enabled: no}}", "5:25: rules.OX-1.enabled: expected true or false, found 'no'"),
    (
      "rules: {BP-5: {confirm-seconds: 10}}",
      "5:33: rules.BP-5.confirm-seconds: BP-5 is confirmed by the next reading, whenever it comes; remove the key"
    ),
    (
      "rules: {BP-1: {clear-seconds: 10}}",
      "5:31: rules.BP-1.clear-seconds: BP-1 is cleared by 2 readings, not by a time; remove the key"
    ),
    (
      "rules: {HR-1: {clear-seconds: 1.5}}",
      "5:31: rules.HR-1.clear-seconds: expected a whole number from 1 to 3600, found '1.5'"
    ),
    ("---\nclinic: c", "6:1: only one document is allowed in a file"),
  ])
  func namesWhatIsWrong(line: String, expected: String) {
    #expect(failure(Self.minimal + line + "\n") == "vigil.yaml:" + expected)
  }

  /// Each is the value of `broker` on line 4.
  @Test(arguments: [
    ("mqtt.clinic.example", "4:9: broker: expected a mapping, found a single value"),
    ("{port: 1}", "4:9: broker: missing key 'host'"),
    ("{host: \"\"}", "4:16: broker.host: '' is not a host, allowed: a name or an IP address without scheme and port"),
    (
      "{host: 'mqtts://x'}",
      "4:16: broker.host: 'mqtts://x' is not a host, allowed: a name or an IP address without scheme and port"
    ),
    (
      "{host: 'x:8883'}",
      "4:16: broker.host: 'x:8883' is not a host, allowed: a name or an IP address without scheme and port"
    ),
    ("{host: x, port: 70000}", "4:25: broker.port: 70000 is outside 1 to 65535"),
    ("{host: x, port: mqtt}", "4:25: broker.port: expected a whole number from 1 to 65535, found 'mqtt'"),
    ("{host: x, keepalive-seconds: 2}", "4:38: broker.keepalive-seconds: 2 is outside 5 to 1200"),
    (
      "{host: x, tls: no}",
      "4:24: broker.tls: 'no' is not allowed, allowed: off, or a mapping of ca, certificate and key"
    ),
    ("{host: x, tls: {cert: /a}}", "4:25: broker.tls: unknown key 'cert', known: ca, certificate, key"),
    (
      "{host: x, tls: {ca: ca.pem}}",
      "4:29: broker.tls.ca: 'ca.pem' is not allowed, allowed: a path from the root, such as /etc/vigil/file"
    ),
    ("{host: x, tls: {ca: /missing}}", "4:29: broker.tls.ca: '/missing' does not exist or cannot be seen by this user"),
    ("{host: x, tls: {certificate: /a}}", "4:38: broker.tls.certificate: needs 'key' beside it"),
    ("{host: x, tls: {key: /a}}", "4:30: broker.tls.key: needs 'certificate' beside it"),
    ("{host: x, username: ''}", "4:29: broker.username: must be 1 to 256 bytes long"),
    ("{host: x, password-file: /a}", "4:34: broker.password-file: needs 'username' beside it"),
    (
      "{host: x, username: u, password-file: /missing}",
      "4:47: broker.password-file: '/missing' does not exist or cannot be seen by this user"
    ),
    (
      "{host: x, username: u, password: hunter2}",
      "4:32: broker.password: a password does not belong in this file, "
        + "write it into a file of its own and name that by password-file"
    ),
  ])
  func namesWhatIsWrongWithTheBroker(value: String, expected: String) {
    let text = "clinic: c-12\ngateway: gw-0007\nzone: Asia/Shanghai\nbroker: \(value)\n"
    #expect(failure(text) == "vigil.yaml:" + expected)
  }

  @Test(arguments: [
    ("C-12", "gw-7", "UTC", "1:9: clinic: 'C-12' is not an id, allowed: 1 to 64 of a-z, 0-9 and -"),
    ("c/1", "gw-7", "UTC", "1:9: clinic: 'c/1' is not an id, allowed: 1 to 64 of a-z, 0-9 and -"),
    ("[c]", "gw-7", "UTC", "1:9: clinic: expected text, found a list"),
    ("c-12", "gw+", "UTC", "2:10: gateway: 'gw+' is not an id, allowed: 1 to 64 of a-z, 0-9 and -"),
    ("c-12", "", "UTC", "2:9: gateway: '' is not an id, allowed: 1 to 64 of a-z, 0-9 and -"),
    (
      "c-12", String(repeating: "g", count: 65), "UTC",
      "2:10: gateway: '\(String(repeating: "g", count: 40))…' is not an id, allowed: 1 to 64 of a-z, 0-9 and -"
    ),
    (
      "c-12", "gw-7", "Asia/Shangai",
      "3:7: zone: 'Asia/Shangai' is no time zone of this system, allowed: an IANA name such as Asia/Shanghai"
    ),
    (
      "c-12", "gw-7", "../UTC",
      "3:7: zone: '../UTC' is no time zone of this system, allowed: an IANA name such as Asia/Shanghai"
    ),
  ])
  func namesWhatIsWrongWithTheSite(clinic: String, gateway: String, zone: String, expected: String) {
    let text = "clinic: \(clinic)\ngateway: \(gateway)\nzone: \(zone)\nbroker: {host: x}\n"
    #expect(failure(text) == "vigil.yaml:" + expected)
  }

  @Test func aMissingKeyIsNamed() {
    #expect(failure("clinic: c\ngateway: g\nbroker: {host: x}\n") == "vigil.yaml:1:1: missing key 'zone'")
    #expect(failure("") == "vigil.yaml:1:1: the document is empty")
  }

  @Test func aPasswordIsNeverRepeated() {
    #expect(!failure("clinic: c\ngateway: g\nzone: UTC\nbroker: {host: x, password: hunter2}\n").contains("hunter2"))
  }
}
