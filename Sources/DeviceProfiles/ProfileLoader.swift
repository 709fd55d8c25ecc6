// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Texts

/// Reads a device profile. A file in `device-profiles/` has one; `device-profiles/README.md` explains the language:
///
///     id: bluetooth.battery
///     title: Battery Service           # or {zh: 电池服务, en: Battery Service}
///     evidence: simulated              # capture-backed, hardware-verified
///     sources: [Bluetooth SIG Battery Service 1.0]
///     based-on: …                      # a profile to take everything over from that this one does not name
///     match: {services: [180F]}        # and names, models, manufacturers; without it no device is one of these
///     characteristics: …               # see CharacteristicLoader
///     advertisements: …
///     commands: …                      # see CommandLoader
///     session: …                       # see SessionLoader
///     quirks: [what is odd about the device]
///     hint: {zh: …, en: …}             # how to make it ready to be paired
package enum ProfileLoader {
  private static let required = ["id", "title", "evidence", "sources"]
  private static let optional = [
    "based-on", "match", "characteristics", "advertisements", "commands", "session", "quirks", "hint",
  ]

  /// - Parameter file: the name that errors are to show.
  /// - Returns: one that is based on another has nothing of that until ``ProfileCatalog`` has seen both.
  /// - Throws: the first thing wrong with the text, with its place.
  package static func load(_ text: String, file: String) throws(DocumentError) -> DeviceProfile {
    try profile(YAML.parse(text, file: file), isWhole: false)
  }

  /// The same profile with everything of its base that it does not name.
  static func derive(_ profile: DeviceProfile, from base: DeviceProfile) throws(DocumentError) -> DeviceProfile {
    try Self.profile(profile.document.based(on: base.document), isWhole: true)
  }

  private static func profile(_ document: Node, isWhole: Bool) throws(DocumentError) -> DeviceProfile {
    let root = try document.mapping(required: required, optional: optional)
    let id = try root.required("id")
    let basedOn = try root["based-on"].map(identifier)
    // What is left to be taken over cannot be checked yet.
    let isComplete = isWhole || basedOn == nil
    let characteristics = isComplete ? try list(root["characteristics"]).map(CharacteristicLoader.characteristic) : []
    let advertisements = isComplete ? try list(root["advertisements"]).map(CharacteristicLoader.advertisement) : []
    if isComplete, characteristics.isEmpty, advertisements.isEmpty {
      throw document.error("missing key 'characteristics'")
    }
    for (found, node) in [(characteristics, root["characteristics"]), (advertisements, root["advertisements"])] {
      try refuseTwins(found, node)
      // What is taken over has been shown where it stands.
      guard basedOn == nil else { continue }
      for (node, characteristic) in zip(try list(node), found) where characteristic.vectors.isEmpty {
        throw node.error("missing key 'vectors'")
      }
    }
    let commands = isComplete ? try root["commands"].map(CommandLoader.load) ?? [:] : [:]
    let messages = Set((characteristics + advertisements).flatMap(\.messageNames))
    return DeviceProfile(
      id: try identifier(id), title: try text(root.required("title")),
      evidence: try root.required("evidence").choice(of: DeviceProfile.Evidence.self),
      sources: try nonEmpty(root.required("sources")).map(words), match: try root["match"].map(match) ?? .never,
      basedOn: basedOn, characteristics: characteristics, advertisements: advertisements, commands: commands,
      session: isComplete
        ? try root["session"].map { (node) throws(DocumentError) in
          try SessionLoader.load(node, commands: commands, messages: messages)
        } ?? .usual : .usual,
      quirks: try list(root["quirks"]).map(words), hint: try root["hint"].map(text), file: document.file,
      idMark: id.mark, document: document)
  }

  private static func refuseTwins(_ found: [CharacteristicProfile], _ node: Node?) throws(DocumentError) {
    var uuids: Set<String> = []
    for (node, characteristic) in zip(try list(node), found) {
      for uuid in [characteristic.uuid] + characteristic.also where !uuids.insert(uuid).inserted {
        throw node.error("a second \(uuid)")
      }
    }
  }

  private static func match(_ node: Node) throws(DocumentError) -> DeviceMatch {
    let keys = try node.mapping(optional: ["services", "names", "models", "manufacturers"])
    func globs(_ key: String) throws(DocumentError) -> [Glob] {
      try keys[key].map(nonEmpty)?.map { (node) throws(DocumentError) in
        let text = try words(node)
        guard text.contains(where: { $0 != "*" }) else { throw node.error("'\(text)' is everybody's name") }
        return Glob(text)
      } ?? []
    }
    let match = DeviceMatch(
      services: try keys["services"].map(nonEmpty)?.map(uuid) ?? [], names: try globs("names"),
      models: try globs("models"),
      manufacturers: try keys["manufacturers"].map(nonEmpty)?.map { (node) throws(DocumentError) in
        UInt16(truncatingIfNeeded: try node.integer(in: 0...0xFFFF))
      } ?? [])
    guard match.specificity > 0 else { throw node.error("expected services, names, models or manufacturers") }
    return match
  }

  // MARK: words

  private static func list(_ node: Node?) throws(DocumentError) -> [Node] { try node.map(nonEmpty) ?? [] }

  static func nonEmpty(_ node: Node) throws(DocumentError) -> [Node] {
    let items = try node.sequence
    guard !items.isEmpty else { throw node.error("the list is empty") }
    return items
  }

  static func words(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    guard !text.isEmpty else { throw node.error("expected text, found nothing") }
    return text
  }

  /// In both languages, or one for both: a model's name is the same everywhere.
  private static func text(_ node: Node) throws(DocumentError) -> Text {
    guard case .mapping = node.content else {
      let words = try words(node)
      return Text(zh: words, en: words)
    }
    let keys = try node.mapping(required: ["zh", "en"])
    return Text(zh: try words(keys.required("zh")), en: try words(keys.required("en")))
  }

  static func uuid(_ node: Node) throws(DocumentError) -> String {
    guard let full = BluetoothUUID.full(try node.string) else {
      throw node.error("expected a UUID of 4 or 8 hexadecimal digits or of 128 bits")
    }
    return full
  }

  private static func identifier(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts.allSatisfy(FieldLoader.isKebabCase) else {
      throw node.error(
        "expected an id such as bluetooth.heart-rate: two words or more of a-z, 0-9 and -, with dots between")
    }
    return text
  }
}

extension CharacteristicProfile {
  fileprivate var messageNames: [String] {
    if case .messages(let messages, _) = layout { messages.compactMap(\.name) } else { [] }
  }
}

extension Node {
  /// A profile's document with what it does not name from its base: whole keys, and within `characteristics` and
  /// `advertisements` the keys of the entry with the same name.
  fileprivate func based(on base: Node) throws(DocumentError) -> Node {
    var entries = try self.entries
    for inherited in try base.entries {
      guard let index = entries.firstIndex(where: { $0.key == inherited.key }) else {
        switch inherited.key {
        case "characteristics", "advertisements":
          entries.append(try inherited.with(inherited.value.mergedList([])))
        case "commands", "session": entries.append(inherited)
        default: break
        }
        continue
      }
      let own = entries[index]
      switch own.key {
      case "characteristics", "advertisements":
        entries[index] = try own.with(inherited.value.mergedList(own.value.sequence))
      case "commands", "session": entries[index] = try own.with(own.value.mergedMapping(over: inherited.value))
      default: break
      }
    }
    return with(.mapping(entries))
  }

  /// The items of this list, each under the item of the same name in the other, and then those that only the other has.
  /// An example is a base's own.
  private func mergedList(_ own: [Node]) throws(DocumentError) -> Node {
    var rest = own
    var merged: [Node] = []
    for item in try sequence {
      let inherited = item.with(.mapping(try item.entries.filter { $0.key != "vectors" }))
      if let index = rest.firstIndex(where: { $0.name == item.name }) {
        merged.append(try rest.remove(at: index).mergedMapping(over: inherited))
      } else {
        merged.append(inherited)
      }
    }
    return with(.sequence(merged + rest))
  }

  private func mergedMapping(over base: Node) throws(DocumentError) -> Node {
    let own = try entries
    let inherited = try base.entries.filter { entry in !own.contains { $0.key == entry.key } }
    return with(.mapping(own + inherited))
  }

  /// What an entry of a list is known by.
  private var name: String? {
    guard case .mapping(let entries) = content else { return nil }
    for entry in entries where ["uuid", "manufacturer", "service-data"].contains(entry.key) {
      guard case .scalar(let text, _) = entry.value.content else { return nil }
      return entry.key == "manufacturer"
        ? "\(entry.key) \(Node.integer(text) ?? -1)" : "\(entry.key) \(BluetoothUUID.short(text))"
    }
    return nil
  }

  private func with(_ content: Content) -> Node { Node(content: content, mark: mark, path: path, file: file) }
}

extension Node.Entry {
  fileprivate func with(_ value: Node) -> Node.Entry { Node.Entry(key: key, keyMark: keyMark, value: value) }
}
