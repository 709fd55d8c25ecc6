// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads one entry of `characteristics` or `advertisements`:
///
///     - uuid: 2A35                     # of an advertisement: `manufacturer: 0x0157` or `service-data: 181D`
///       title: Blood Pressure Measurement
///       use: information               # never stored as a reading; without it: reading
///       live: true                     # a stream that is never stored by the device
///       sample-every: 1                # seconds: of a faster stream one measurement is kept
///       also: [uuid]                   # their values belong to the same octets
///       feature: …                     # {uuid, fields}: the characteristic that says which status bits count
///       frames: …                      # see FrameLoader
///       fields: …                      # see FieldLoader; or messages, or decoder
///       messages: …                    # see MessageLoader
///       others: ignore                 # what no message fits; without it an error
///       decoder: blood-pressure-record # what the language cannot say, see NamedDecoder
///       quality: {questionable: [status, …], invalid: […]}
///       descending: [systolic, …]      # each value above the next, or the measurement is invalid
///       clock-not-set: [status, …]     # by these the device says that its time stamp is worth nothing
///       vectors: …                     # see VectorLoader
enum CharacteristicLoader {
  private static let optional = [
    "use", "live", "sample-every", "also", "feature", "frames", "fields", "messages", "others", "decoder", "quality",
    "descending", "clock-not-set", "vectors",
  ]

  private enum Others: String, CaseIterable { case error, ignore }

  static func characteristic(_ node: Node) throws(DocumentError) -> CharacteristicProfile {
    let keys = try node.mapping(required: ["uuid", "title"], optional: optional)
    return try load(keys, source: BluetoothUUID.short(ProfileLoader.uuid(keys.required("uuid"))))
  }

  static func advertisement(_ node: Node) throws(DocumentError) -> CharacteristicProfile {
    let keys = try node.mapping(required: ["title"], optional: ["manufacturer", "service-data"] + optional)
    switch (keys["manufacturer"], keys["service-data"]) {
    case (let company?, nil):
      let id = UInt16(truncatingIfNeeded: try company.integer(in: 0...0xFFFF))
      return try load(keys, source: ValueSource.manufacturer(id))
    case (nil, let service?): return try load(keys, source: ValueSource.serviceData(ProfileLoader.uuid(service)))
    default: throw node.error("expected either 'manufacturer' or 'service-data'")
    }
  }

  private static func load(_ keys: Node.Fields, source: String) throws(DocumentError) -> CharacteristicProfile {
    let feature = try keys["feature"].map(feature)
    let quality = try keys["quality"].map(quality) ?? [:]
    let fieldLoader = FieldLoader(
      featureFields: feature?.fields ?? [], statuses: StatusNames(quality: quality.mapValues(\.effect)))
    let layout = try layout(keys, fieldLoader)
    let isStream = try keys["live"]?.boolean ?? ValueSource.isAdvertisement(source)
    let period = try keys["sample-every"].map { (node) throws(DocumentError) in
      guard isStream else { throw node.error("only a live stream can be sampled: each other value counts") }
      return Int64(try node.integer(in: 1...60)) * 1000
    }
    let fields = layout.fields
    let statuses = fields.reduce(into: Set<String>()) { $0.formUnion($1.statusNames) }
    for (name, entry) in quality where !statuses.contains(name) { throw entry.node.error(unknown(name, statuses)) }
    let profile = CharacteristicProfile(
      uuid: source, title: try ProfileLoader.words(keys.required("title")),
      use: try keys["use"]?.choice(of: CharacteristicProfile.Use.self) ?? .reading, isStream: isStream,
      samplePeriodMs: period,
      also: try keys["also"].map(ProfileLoader.nonEmpty)?.map { (node) throws(DocumentError) in
        BluetoothUUID.short(try ProfileLoader.uuid(node))
      } ?? [], feature: feature, frames: try keys["frames"].map(FrameLoader.load), layout: layout,
      quality: quality.mapValues(\.effect),
      descending: try keys["descending"].map { (node) throws(DocumentError) in
        try descending(node, of: fields.compactMap(\.kind))
      } ?? [],
      clockNotSet: try keys["clock-not-set"].map { (node) throws(DocumentError) in
        Set(try names(node, of: statuses))
      } ?? [],
      vectors: try keys["vectors"].map(ProfileLoader.nonEmpty)?.map(VectorLoader.load) ?? [])
    if profile.use == .reading, case .messages = layout, fields.allSatisfy({ $0.kind == nil }) {
      throw keys.node.error("no field is a value, so it is no reading: say 'use: information'")
    }
    return profile
  }

  private static func layout(
    _ keys: Node.Fields, _ loader: FieldLoader
  ) throws(DocumentError) -> CharacteristicProfile.Layout {
    let given = ["fields", "messages", "decoder"].filter { keys[$0] != nil }
    guard given.count == 1 else {
      throw keys.node.error("expected one of fields, messages, decoder; found \(given.isEmpty ? "none" : "more")")
    }
    let isFramed = keys["frames"] != nil
    if let decoder = keys["decoder"] { return .named(try decoder.choice(of: NamedDecoder.self)) }
    if let messages = keys["messages"] {
      let others = try keys["others"]?.choice(of: Others.self) ?? .error
      let loader = MessageLoader(fields: loader, isFramed: isFramed)
      return .messages(try ProfileLoader.nonEmpty(messages).map(loader.load), isStrict: others == .error)
    }
    if let others = keys["others"] { throw others.error("'others' belongs to 'messages'") }
    let fields = try loader.load(keys.required("fields"))
    return .messages(
      [
        MessageProfile(
          name: nil, pattern: OctetPattern(octets: []), length: nil, isIgnored: false, fields: fields, records: nil,
          notesTrailing: !isFramed && !fields.contains(where: \.hasPlace))
      ], isStrict: true)
  }

  private static func feature(_ node: Node) throws(DocumentError) -> FeatureProfile {
    let keys = try node.mapping(required: ["uuid", "fields"])
    return FeatureProfile(
      uuid: BluetoothUUID.short(try ProfileLoader.uuid(keys.required("uuid"))),
      fields: try FieldLoader(featureFields: [], statuses: StatusNames(quality: [:])).load(keys.required("fields")))
  }

  // MARK: what statuses and kinds mean together

  private static func quality(_ node: Node) throws(DocumentError) -> [String: (effect: Quality, node: Node)] {
    let keys = try node.mapping(optional: [Quality.questionable.rawValue, Quality.invalid.rawValue])
    var table: [String: (effect: Quality, node: Node)] = [:]
    for quality in [Quality.questionable, .invalid] {
      guard let list = keys[quality.rawValue] else { continue }
      for item in try ProfileLoader.nonEmpty(list) {
        guard table.updateValue((quality, item), forKey: try item.string) == nil else {
          throw item.error("'\(try item.string)' stands here twice")
        }
      }
    }
    return table
  }

  private static func names(_ node: Node, of statuses: Set<String>) throws(DocumentError) -> [String] {
    try ProfileLoader.nonEmpty(node).map { (item) throws(DocumentError) in
      let name = try item.string
      guard statuses.contains(name) else { throw item.error(unknown(name, statuses)) }
      return name
    }
  }

  private static func unknown(_ name: String, _ statuses: Set<String>) -> String {
    "'\(name)' is not a status of this characteristic: \(statuses.sorted().joined(separator: ", "))"
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
}

extension CharacteristicProfile.Layout {
  fileprivate var fields: [FieldProfile] {
    guard case .messages(let messages, _) = self else { return [] }
    return messages.flatMap { $0.fields + ($0.records?.fields ?? []) }
  }
}

extension FieldProfile {
  /// What it measures, nil for what is no value.
  package var kind: ObservationKind? {
    if case .value(let rule) = meaning { rule.kind } else { nil }
  }

  /// All that it can report.
  package var statusNames: [String] {
    let meanings =
      (bits?.status.flatMap { $0.meanings.compactMap(\.self) } ?? [])
      + (codes.map { Array($0.codes.values) + [$0.others] } ?? [])
    return meanings.compactMap { if case .named(let name, _) = $0 { name } else { nil } }
  }

  /// It stands at a place of its own, so octets before and behind it may be nobody's.
  var hasPlace: Bool {
    if case .wire(_, .some, _) = source { true } else { false }
  }
}
