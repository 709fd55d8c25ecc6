// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import Document

/// The key `commands`: `broker`, or the keys that commands are signed with.
extension Configuration {
  private enum Mode: String, CaseIterable {
    case signed, broker
  }

  static func commands(_ node: Node?, read: (String) -> String?) throws(DocumentError) -> CommandPolicy {
    guard let node else { return .signed([]) }
    if case .scalar = node.content { return try node.choice(of: Mode.self) == .broker ? .broker : .signed([]) }
    let fields = try node.mapping(optional: ["mode", "keys"])
    let mode = try fields["mode"].map { node throws(DocumentError) in try node.choice(of: Mode.self) } ?? .signed
    guard mode == .signed else {
      if let keys = fields["keys"] { throw keys.error("are of no use with 'mode: broker'") }
      return .broker
    }
    var keys: [CommandKey] = []
    for item in try fields["keys"]?.sequence ?? [] {
      let key = try commandKey(item, read: read)
      guard !keys.contains(where: { $0.id == key.id }) else {
        throw item.error("\(quoted(key.id)) is the id of another key already")
      }
      keys.append(key)
    }
    return .signed(keys)
  }

  private static func commandKey(_ node: Node, read: (String) -> String?) throws(DocumentError) -> CommandKey {
    let fields = try node.mapping(required: ["id", "role", "key"])
    let id = try fields.required("id")
    let name = try id.string
    guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw id.error("\(quoted(name)) is not a key's id, allowed: 1 to 64 printable ASCII characters without a space")
    }
    return CommandKey(
      id: name, role: try fields.required("role").choice(of: Role.self),
      key: try publicKey(fields.required("key"), read: read))
  }

  /// What stands there may be a private key by mistake: it is not repeated.
  private static func publicKey(_ node: Node, read: (String) -> String?) throws(DocumentError) -> Ed25519Key {
    let text = try node.string
    guard text.hasPrefix("/") else {
      guard let bytes = Base64URL.octets(text.utf8), let key = Ed25519Key(bytes: bytes) else {
        throw node.error(
          "is no public key of Ed25519, allowed: 32 octets in base64url without padding (43 characters), or a PEM file's path"
        )
      }
      return key
    }
    let path = try absolute(node)
    guard let pem = read(path) else { throw node.error("\(quoted(path)) cannot be read by this user") }
    if pem.contains("PRIVATE KEY") {
      throw node.error("\(quoted(path)) is a private key, which stays with the clinic: put the public one there")
    }
    guard let key = Ed25519Key(pem: pem) else {
      throw node.error("\(quoted(path)) has no public key of Ed25519 (-----BEGIN PUBLIC KEY-----)")
    }
    return key
  }
}
