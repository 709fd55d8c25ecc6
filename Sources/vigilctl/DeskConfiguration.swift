// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import ClinicDesk
import Document
import Gateway
import Glibc
import Texts

/// What a clinic's desk is told, `~/.config/vigil/desk.yaml`: `clinic` and `broker` as in vigil.yaml, and what only a desk has.
struct DeskConfiguration: Equatable {
  /// Of the person at the desk, who need not be root: XDG Base Directory Specification.
  static var defaultPath: String {
    let variable = { (name: String) in getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    return (variable("XDG_CONFIG_HOME") ?? (variable("HOME") ?? "") + "/.config") + "/vigil/desk.yaml"
  }

  let clinic: String
  let broker: Configuration.Broker
  /// nil: a name of this process, and the broker forgets the session soon after it ends. With one the broker keeps for a
  /// week what comes while the desk is away; no two desks may have the same.
  let clientID: String?
  /// How often gateways send `health`.
  let healthSeconds: Int

  /// When somebody else is to be asked about what nobody has answered.
  let secondTier: SecondTier
  /// nil: this desk can only look.
  let signature: Signature?

  /// With whose hand and in whose name this desk gives commands.
  struct Signature: Equatable {
    let keyID: String
    /// The one that the key has at the gateways.
    let role: Role
    /// The private key, in PEM.
    let file: String
    /// The clinic's id of the person.
    let by: String
  }

  /// - Parameter fileExists: whether there is a file at an absolute path that can be read.
  static func load(text: String, file: String, fileExists: (String) -> Bool) throws(DocumentError) -> DeskConfiguration
  {
    let fields = try YAML.parse(text, file: file).mapping(
      required: ["clinic", "broker"], optional: ["client-id", "health-seconds", "second-tier-minutes", "key", "by"])
    return DeskConfiguration(
      clinic: try Configuration.id(fields.required("clinic")),
      broker: try Configuration.broker(fields.required("broker"), fileExists: fileExists),
      clientID: try fields["client-id"].map { node throws(DocumentError) in try Configuration.name(node) },
      healthSeconds: try fields["health-seconds"].map { node throws(DocumentError) in
        try node.integer(in: 1...3600)
      } ?? 60,
      secondTier: try secondTier(fields["second-tier-minutes"]),
      signature: try signature(fields, fileExists: fileExists))
  }

  private static func secondTier(_ node: Node?) throws(DocumentError) -> SecondTier {
    let fields = try node?.mapping(optional: ["high", "medium", "technical"])
    let usual = SecondTier.byDefault
    return SecondTier(
      highMs: try fields?["high"].map(levels) ?? usual.highMs,
      mediumMs: try fields?["medium"].map(levels) ?? usual.mediumMs,
      technicalMs: try fields?["technical"].map(levels) ?? usual.technicalMs)
  }

  /// One number of minutes, or one for each level.
  private static func levels(_ node: Node) throws(DocumentError) -> [Int64] {
    var items = [node]
    if case .sequence = node.content { items = try node.sequence }
    var levels: [Int64] = []
    for item in items {
      let time = Int64(try item.integer(in: 1...1440)) * SecondTier.minute
      guard time > levels.last ?? 0 else { throw item.error(DocumentTexts.mustGrow.en) }
      levels.append(time)
    }
    return levels
  }

  private static func signature(_ fields: Node.Fields, fileExists: (String) -> Bool) throws(DocumentError) -> Signature?
  {
    guard let key = fields["key"] else { return nil }
    let parts = try key.mapping(required: ["id", "file", "role"])
    guard let file = try Configuration.existing(parts["file"], fileExists) else { return nil }
    return Signature(
      keyID: try word(parts.required("id")), role: try parts.required("role").choice(of: Role.self), file: file,
      by: try word(fields.required("by")))
  }

  /// As the gateways take it.
  private static func word(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw node.error(DocumentTexts.mustBeWord.en)
    }
    return text
  }

  static func read(_ path: String) throws -> DeskConfiguration {
    do {
      return try load(text: TextFile.read(path), file: path, fileExists: TextFile.exists)
    } catch let error as FileError where access(error.path, F_OK) != 0 {
      throw Failure(DeskTexts.noConfiguration(path: path))
    }
  }

  /// What the broker knows the desk by.
  var nameAtBroker: String {
    if let clientID { return clientID }
    var host = [CChar](repeating: 0, count: 65)
    gethostname(&host, host.count - 1)
    let name = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.filter { (0x21...0x7E).contains($0) }
    return "vigil-desk-\(String(decoding: name, as: UTF8.self))-\(getpid())"
  }
}
