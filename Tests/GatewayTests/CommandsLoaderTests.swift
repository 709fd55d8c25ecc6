// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import Document
import Testing

@testable import Gateway

@Suite struct CommandsLoaderTests {
  static let key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
  static let pem = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    -----END PUBLIC KEY-----
    """

  func load(_ commands: String) throws(DocumentError) -> CommandPolicy {
    try Configuration.load(
      text: ConfigurationTests.minimal + commands, file: "vigil.yaml", zoneExists: { _ in true },
      fileExists: { _ in true },
      read: { path in
        switch path {
        case "/k/public.pem": Self.pem
        case "/k/private.pem": "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n"
        case "/k/noise.pem": "noise"
        default: nil
        }
      }
    ).commands
  }

  func failure(_ commands: String) -> String {
    do {
      _ = try load(commands)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func commandsAreSignedUnlessSaidOtherwise() throws {
    #expect(try load("") == .signed([]))
    #expect(try load("commands: signed\n") == .signed([]))
    #expect(try load("commands: broker\n") == .broker)
    #expect(try load("commands: {mode: broker}\n") == .broker)
    #expect(try load("commands: {mode: signed}\n") == .signed([]))
  }

  @Test func keysStandThereOrInAFile() throws {
    let policy = try load(
      """
      commands:
        keys:
          - {id: archive, role: technician, key: \(Self.key)}
          - {id: ward-2, role: nurse, key: /k/public.pem}
      """)
    guard case .signed(let keys) = policy else {
      Issue.record("not signed")
      return
    }
    #expect(keys.map(\.id) == ["archive", "ward-2"] && keys.map(\.role) == [.technician, .nurse])
    #expect(keys[0].key == keys[1].key)
    #expect(keys[0].key.bytes.prefix(3) == [0xD7, 0x5A, 0x98])
  }

  @Test func whatIsWrongIsNamedAndNoSecretRepeated() {
    func keys(_ items: String) -> String { failure("commands: {keys: [\(items)]}\n") }
    let text = keys("{id: a, role: nurse, key: \(Self.key)}, {id: a, role: nurse, key: \(Self.key)}")
    #expect(text.contains("vigil.yaml:5:") && text.contains("'a' is the id of another key"))
    #expect(keys("{id: a b, role: nurse, key: \(Self.key)}").contains("not a key's id"))
    #expect(keys("{id: a, role: king, key: \(Self.key)}").contains("nurse, doctor, county, technician"))
    #expect(keys("{id: a, role: nurse}").contains("missing key 'key'"))
    for bad in [Self.key + "A", "\(Self.key)=", "secret", String(repeating: "A", count: 43)] {
      let text = keys("{id: a, role: nurse, key: \(bad)}")
      #expect(text.contains("is no public key of Ed25519") && !text.contains(bad))
    }
    #expect(keys("{id: a, role: nurse, key: /k/none.pem}").contains("cannot be read"))
    #expect(keys("{id: a, role: nurse, key: /k/noise.pem}").contains("no public key of Ed25519"))
    let mistaken = keys("{id: a, role: nurse, key: /k/private.pem}")
    #expect(mistaken.contains("is a private key") && !mistaken.contains("MC4C"))
    #expect(failure("commands: maybe\n").contains("signed, broker"))
    #expect(failure("commands: {mode: broker, keys: []}\n").contains("of no use"))
  }
}
