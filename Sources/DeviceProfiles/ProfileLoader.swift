// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads a device profile. A file in `device-profiles/` has one:
///
///     id: bluetooth.battery
///     title: Battery Service
///     evidence: simulated              # capture-backed, hardware-verified
///     sources: [Bluetooth SIG Battery Service 1.0]
///     services: [180F]                 # a device with one of them is one of these
///     characteristics:
///       - uuid: 2A19
///         title: Battery Level
///         live: false                  # true: a stream that is never stored
///         feature: …                   # {uuid, fields}: the characteristic that says which status bits count
///         fields: …                    # in the order of the wire, see FieldLoader
///         quality: {questionable: [status, …], invalid: […]}
///         descending: [systolic, …]    # each value above the next, or the measurement is invalid
///         clock-not-set: [status, …]   # by these the device says that its time stamp is worth nothing
///         vectors: …                   # see VectorLoader; at least one
package enum ProfileLoader {
  /// - Parameter file: the name that errors are to show.
  /// - Throws: the first thing wrong with the text, with its place.
  package static func load(_ text: String, file: String) throws(DocumentError) -> DeviceProfile {
    let root = try YAML.parse(text, file: file).mapping(
      required: ["id", "title", "evidence", "sources", "services", "characteristics"])
    let id = try root.required("id")
    let characteristics = try nonEmpty(root.required("characteristics")).map(characteristic)
    var uuids: Set<String> = []
    for (node, found) in zip(try root.required("characteristics").sequence, characteristics)
    where !uuids.insert(found.uuid).inserted {
      throw node.error("a second characteristic \(found.uuid)")
    }
    return DeviceProfile(
      id: try identifier(id), title: try words(root.required("title")),
      evidence: try root.required("evidence").choice(of: DeviceProfile.Evidence.self),
      sources: try nonEmpty(root.required("sources")).map(words),
      services: try nonEmpty(root.required("services")).map(uuid), characteristics: characteristics, file: file,
      idMark: id.mark)
  }

  private static func characteristic(_ node: Node) throws(DocumentError) -> CharacteristicProfile {
    let keys = try node.mapping(
      required: ["uuid", "title", "fields", "vectors"],
      optional: ["live", "feature", "quality", "descending", "clock-not-set"])
    let feature = try keys["feature"].map(feature)
    let fields = try FieldLoader(featureFields: feature?.fields ?? []).load(keys.required("fields"))
    let statuses = Set(fields.flatMap(\.statusNames))
    let kinds = fields.compactMap(\.kind)
    return CharacteristicProfile(
      uuid: BluetoothUUID.short(try uuid(keys.required("uuid"))), title: try words(keys.required("title")),
      isStream: try keys["live"]?.boolean ?? false, feature: feature, fields: fields,
      quality: try keys["quality"].map { (node) throws(DocumentError) in try quality(node, of: statuses) } ?? [:],
      descending: try keys["descending"].map { (node) throws(DocumentError) in try descending(node, of: kinds) } ?? [],
      clockNotSet: try keys["clock-not-set"].map { (node) throws(DocumentError) in
        Set(try names(node, of: statuses))
      } ?? [],
      vectors: try nonEmpty(keys.required("vectors")).map(VectorLoader.load))
  }

  private static func feature(_ node: Node) throws(DocumentError) -> FeatureProfile {
    let keys = try node.mapping(required: ["uuid", "fields"])
    return FeatureProfile(
      uuid: BluetoothUUID.short(try uuid(keys.required("uuid"))),
      fields: try FieldLoader(featureFields: []).load(keys.required("fields")))
  }

  // MARK: what statuses and kinds mean together

  private static func quality(_ node: Node, of statuses: Set<String>) throws(DocumentError) -> [String: Quality] {
    let keys = try node.mapping(optional: [Quality.questionable.rawValue, Quality.invalid.rawValue])
    var table: [String: Quality] = [:]
    for quality in [Quality.questionable, .invalid] {
      guard let list = keys[quality.rawValue] else { continue }
      for name in try names(list, of: statuses) {
        guard table.updateValue(quality, forKey: name) == nil else { throw list.error("'\(name)' stands here twice") }
      }
    }
    return table
  }

  private static func names(_ node: Node, of statuses: Set<String>) throws(DocumentError) -> [String] {
    try nonEmpty(node).map { (item) throws(DocumentError) in
      let name = try item.string
      guard statuses.contains(name) else {
        throw item.error(
          "'\(name)' is not a status of this characteristic: \(statuses.sorted().joined(separator: ", "))")
      }
      return name
    }
  }

  private static func descending(
    _ node: Node, of kinds: [ObservationKind]
  ) throws(DocumentError) -> [ObservationKind] {
    let items = try node.sequence
    guard items.count >= 2 else { throw node.error("expected two kinds or more") }
    return try items.map { (item) throws(DocumentError) in
      let kind = try item.choice(of: ObservationKind.self)
      guard kinds.contains(kind) else { throw item.error("no field of this characteristic is '\(kind.rawValue)'") }
      return kind
    }
  }

  // MARK: words

  private static func nonEmpty(_ node: Node) throws(DocumentError) -> [Node] {
    let items = try node.sequence
    guard !items.isEmpty else { throw node.error("the list is empty") }
    return items
  }

  private static func words(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    guard !text.isEmpty else { throw node.error("expected text, found nothing") }
    return text
  }

  private static func uuid(_ node: Node) throws(DocumentError) -> String {
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

extension FieldProfile {
  fileprivate var kind: ObservationKind? {
    if case .value(let rule) = content { rule.kind } else { nil }
  }

  fileprivate var statusNames: [String] {
    if case .bits(let layout) = content { layout.status.flatMap { $0.names.values.compactMap(\.self) } } else { [] }
  }
}
