// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The fields of a JSON object from outside, read one by one: what is missing, null, of another type or too long is nil, and
/// what nobody asks for is ignored, so that a newer gateway's message is read for what is known of it.
struct Fields {
  struct Name: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init(stringLiteral value: String) { stringValue = value }
    init?(intValue: Int) { nil }
  }

  private let container: KeyedDecodingContainer<Name>

  /// - Throws: where it is not an object.
  init(_ decoder: any Decoder) throws { container = try decoder.container(keyedBy: Name.self) }

  private func read<T: Decodable>(_ name: Name, as type: T.Type) -> T? {
    (try? container.decodeIfPresent(type, forKey: name)) ?? nil
  }

  /// Text for people: without what could move a terminal's cursor or turn its letters round, and cut.
  func text(_ name: Name, limit: Int) -> String? {
    read(name, as: String.self).map { Self.printable($0, limit: limit) }
  }

  /// The name of something: 1 to 64 printable ASCII characters without a space.
  func id(_ name: Name) -> String? {
    read(name, as: String.self).flatMap { Self.isID($0) ? $0 : nil }
  }

  func whole(_ name: Name) -> Int64? { read(name, as: Int64.self) }
  func number(_ name: Name) -> Double? { read(name, as: Double.self).flatMap { $0.isFinite ? $0 : nil } }
  func flag(_ name: Name) -> Bool? { read(name, as: Bool.self) }
  func instant(_ name: Name) -> Int64? { read(name, as: String.self).flatMap(RFC3339.milliseconds) }
  func object<T: Decodable>(_ name: Name, as type: T.Type) -> T? { read(name, as: type) }
  func isNull(_ name: Name) -> Bool { !container.contains(name) || (try? container.decodeNil(forKey: name)) == true }

  /// Texts by language, at most eight.
  func texts(_ name: Name, limit: Int) -> [String: String] {
    let found = read(name, as: [String: Item<String>?].self) ?? [:]
    let usable = found.compactMap { key, item -> (String, String)? in
      guard Self.isID(key), let text = item?.value else { return nil }
      return (key, Self.printable(text, limit: limit))
    }
    return Dictionary(usable.sorted { $0.0 < $1.0 }.prefix(8), uniquingKeysWith: { $1 })
  }

  /// The items of a list that can be read, and how many there are in all; nil where there is no list.
  func list<T: Decodable>(_ name: Name, of type: T.Type) -> (items: [T], count: Int)? {
    read(name, as: [Item<T>?].self).map { ($0.compactMap { $0?.value }, $0.count) }
  }

  /// One that cannot be read does not spoil the list.
  private struct Item<T: Decodable>: Decodable {
    let value: T?
    init(from decoder: any Decoder) throws { value = try? T(from: decoder) }
  }

  static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func printable(_ text: String, limit: Int) -> String {
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: continue
      default: kept.append(scalar)
      }
    }
    return String(kept)
  }
}
