// SPDX-License-Identifier: GPL-3.0-or-later

/// A node of a YAML document that remembers where it stood, so that every error can name the place.
package struct Node: Sendable {
  package struct Entry: Sendable {
    package let key: String
    package let keyMark: Mark
    package let value: Node

    package init(key: String, keyMark: Mark, value: Node) {
      self.key = key
      self.keyMark = keyMark
      self.value = value
    }

    /// Something is wrong with the key.
    package func error(_ message: String) -> DocumentError {
      DocumentError(file: value.file, mark: keyMark, path: value.path, message: message)
    }
  }

  package indirect enum Content: Sendable {
    /// `plain`: written without quotes, so that `5` may be a number and `"5"` is text.
    case scalar(String, plain: Bool)
    case sequence([Node])
    case mapping([Entry])
  }

  package let content: Content
  package let mark: Mark
  package let path: String
  package let file: String

  package init(content: Content, mark: Mark, path: String, file: String) {
    self.content = content
    self.mark = mark
    self.path = path
    self.file = file
  }

  package func error(_ message: String) -> DocumentError {
    DocumentError(file: file, mark: mark, path: path, message: message)
  }

  // MARK: scalars

  package var string: String {
    get throws(DocumentError) {
      guard case .scalar(let text, _) = content else { throw error("expected text, found \(kindName)") }
      return text
    }
  }

  /// A whole number, decimal or hexadecimal (`0x81`).
  package func integer(in range: ClosedRange<Int>) throws(DocumentError) -> Int {
    guard case .scalar(let text, true) = content, let value = Node.integer(text) else {
      throw error("expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(found)")
    }
    guard range.contains(value) else {
      throw error("\(value) is outside \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// `129`, `-1` or `0x81`; nil for everything else.
  package static func integer(_ text: some StringProtocol) -> Int? {
    guard text.hasPrefix("0x") else { return Int(text) }
    let digits = text.dropFirst(2)
    return digits.first?.isHexDigit == true ? Int(digits, radix: 16) : nil
  }

  package var boolean: Bool {
    get throws(DocumentError) {
      switch content {
      case .scalar("true", plain: true): return true
      case .scalar("false", plain: true): return false
      default: throw error("expected true or false, found \(found)")
      }
    }
  }

  /// One of a closed set of words.
  package func choice<T: RawRepresentable & CaseIterable>(of type: T.Type) throws(DocumentError) -> T
  where T.RawValue == String {
    if case .scalar(let text, _) = content, let value = T(rawValue: text) { return value }
    throw error("expected one of \(T.allCases.map(\.rawValue).joined(separator: ", ")), found \(found)")
  }

  // MARK: collections

  package var sequence: [Node] {
    get throws(DocumentError) {
      guard case .sequence(let nodes) = content else { throw error("expected a list, found \(kindName)") }
      return nodes
    }
  }

  package var entries: [Entry] {
    get throws(DocumentError) {
      guard case .mapping(let entries) = content else { throw error("expected a mapping, found \(kindName)") }
      return entries
    }
  }

  /// A mapping whose keys are all known. A missing required key and an unknown key are errors.
  package func mapping(required: [String] = [], optional: [String] = []) throws(DocumentError) -> Fields {
    var values: [String: Node] = [:]
    let known = required + optional
    for entry in try entries {
      guard known.contains(entry.key) else {
        throw DocumentError(
          file: file, mark: entry.keyMark, path: path,
          message: "unknown key '\(entry.key)', known: \(known.joined(separator: ", "))")
      }
      values[entry.key] = entry.value
    }
    for key in required where values[key] == nil { throw error("missing key '\(key)'") }
    return Fields(node: self, values: values)
  }

  /// The checked entries of a mapping.
  package struct Fields: Sendable {
    package let node: Node
    fileprivate let values: [String: Node]

    /// An optional key's value.
    package subscript(_ key: String) -> Node? { values[key] }

    /// A required key's value.
    package func required(_ key: String) throws(DocumentError) -> Node {
      guard let value = values[key] else { throw node.error("missing key '\(key)'") }
      return value
    }
  }

  // MARK: wording

  private var kindName: String {
    switch content {
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// What stands there, short enough for an error; never the whole of a long value.
  private var found: String {
    guard case .scalar(let text, let plain) = content else { return kindName }
    if text.isEmpty { return "nothing" }
    let short = text.count > 40 ? text.prefix(40) + "…" : text[...]
    return plain ? "'\(short)'" : "\"\(short)\""
  }
}
