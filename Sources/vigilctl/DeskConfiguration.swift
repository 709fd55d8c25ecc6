// SPDX-License-Identifier: GPL-3.0-or-later
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

  /// - Parameter fileExists: whether there is a file at an absolute path that can be read.
  static func load(text: String, file: String, fileExists: (String) -> Bool) throws(DocumentError) -> DeskConfiguration
  {
    let fields = try YAML.parse(text, file: file).mapping(
      required: ["clinic", "broker"], optional: ["client-id", "health-seconds"])
    return DeskConfiguration(
      clinic: try Configuration.id(fields.required("clinic")),
      broker: try Configuration.broker(fields.required("broker"), fileExists: fileExists),
      clientID: try fields["client-id"].map { node throws(DocumentError) in try Configuration.name(node) },
      healthSeconds: try fields["health-seconds"].map { node throws(DocumentError) in
        try node.integer(in: 1...3600)
      } ?? 60)
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
