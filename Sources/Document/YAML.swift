// SPDX-License-Identifier: GPL-3.0-or-later
import CYAML

/// Reads one YAML document by libyaml into a tree of ``Node``.
///
/// Stricter than YAML where that protects a reader: a duplicate key, a second document, a key that is not a plain
/// value, a nesting deeper than 32 and an alias (which could blow up or loop) are errors.
package enum YAML {
  /// - Parameter file: the name that errors are to show.
  package static func parse(_ text: String, file: String) throws(DocumentError) -> Node {
    let utf8 = Array(text.utf8)
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, utf8.count))
    buffer.initialize(from: utf8, count: utf8.count)
    defer { buffer.deallocate() }
    try refuseDepth(UnsafeBufferPointer(start: buffer, count: utf8.count), file)

    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) != 0 else { throw outOfMemory(file) }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_input_string(&parser, buffer, utf8.count)

    var document = yaml_document_t()
    guard yaml_parser_load(&parser, &document) != 0 else { throw syntaxError(&parser, file) }
    defer { yaml_document_delete(&document) }
    guard let root = yaml_document_get_root_node(&document) else {
      throw DocumentError(file: file, mark: Mark(line: 1, column: 1), path: "", message: "the document is empty")
    }
    var builder = Builder(file: file, document: document)
    let node = try builder.build(root, path: "", depth: 0)

    var second = yaml_document_t()
    guard yaml_parser_load(&parser, &second) != 0 else { throw syntaxError(&parser, file) }
    defer { yaml_document_delete(&second) }
    if let extra = yaml_document_get_root_node(&second) {
      throw DocumentError(
        file: file, mark: Mark(extra.pointee.start_mark), path: "", message: "only one document is allowed in a file")
    }
    return node
  }

  /// libyaml takes time that grows with the square of the depth, minutes for 200 kB of brackets: event by event, it can
  /// be left in time. What is wrong otherwise is left to the reading proper.
  private static func refuseDepth(_ utf8: UnsafeBufferPointer<UInt8>, _ file: String) throws(DocumentError) {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) != 0 else { throw outOfMemory(file) }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_input_string(&parser, utf8.baseAddress, utf8.count)
    var depth = 0
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(&parser, &event) != 0 else { return }
      defer { yaml_event_delete(&event) }
      switch event.type {
      case YAML_SEQUENCE_START_EVENT, YAML_MAPPING_START_EVENT: depth += 1
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: depth -= 1
      case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return
      default: break
      }
      // One more than a value may have, whose own depth begins at 0.
      if depth > deepest + 1 {
        throw DocumentError(
          file: file, mark: Mark(event.start_mark), path: "", message: "nested deeper than \(deepest) levels")
      }
    }
  }

  private static let deepest = 32

  private static func outOfMemory(_ file: String) -> DocumentError {
    DocumentError(file: file, mark: Mark(line: 1, column: 1), path: "", message: "out of memory")
  }

  private static func syntaxError(_ parser: inout yaml_parser_t, _ file: String) -> DocumentError {
    var message = parser.problem.map { String(cString: $0) } ?? "not YAML"
    if let context = parser.context { message += " (\(String(cString: context)))" }
    return DocumentError(file: file, mark: Mark(parser.problem_mark), path: "", message: message)
  }

  private struct Builder {
    let file: String
    var document: yaml_document_t
    /// libyaml resolves an alias to the node it names: seen a second time, it is one.
    var visited: Set<UnsafeMutablePointer<yaml_node_t>> = []

    mutating func build(
      _ raw: UnsafeMutablePointer<yaml_node_t>, path: String, depth: Int
    ) throws(DocumentError) -> Node {
      let mark = Mark(raw.pointee.start_mark)
      let file = file
      func fail(_ message: String) -> DocumentError {
        DocumentError(file: file, mark: mark, path: path, message: message)
      }
      guard depth <= deepest else { throw fail("nested deeper than \(deepest) levels") }
      guard visited.insert(raw).inserted else { throw fail("aliases are not allowed here, write the value out") }
      switch raw.pointee.type {
      case YAML_SCALAR_NODE:
        let scalar = raw.pointee.data.scalar
        let plain = scalar.style == YAML_PLAIN_SCALAR_STYLE
        return node(.scalar(text(scalar.value, scalar.length), plain: plain), mark, path)
      case YAML_SEQUENCE_NODE:
        let items = raw.pointee.data.sequence.items
        var nodes: [Node] = []
        for index in indices(from: items.start, to: items.top) {
          nodes.append(try build(child(index, fail), path: "\(path)[\(nodes.count)]", depth: depth + 1))
        }
        return node(.sequence(nodes), mark, path)
      case YAML_MAPPING_NODE:
        return node(.mapping(try entries(of: raw, path: path, depth: depth, fail: fail)), mark, path)
      default:
        throw fail("a node of an unknown kind")
      }
    }

    private mutating func entries(
      of raw: UnsafeMutablePointer<yaml_node_t>, path: String, depth: Int, fail: (String) -> DocumentError
    ) throws(DocumentError) -> [Node.Entry] {
      let pairs = raw.pointee.data.mapping.pairs
      var entries: [Node.Entry] = []
      var keys: Set<String> = []
      for pair in indices(from: pairs.start, to: pairs.top) {
        let key = try child(pair.key, fail)
        let keyMark = Mark(key.pointee.start_mark)
        guard key.pointee.type == YAML_SCALAR_NODE else {
          throw DocumentError(file: file, mark: keyMark, path: path, message: "a key must be a single value")
        }
        let name = text(key.pointee.data.scalar.value, key.pointee.data.scalar.length)
        guard keys.insert(name).inserted else {
          throw DocumentError(file: file, mark: keyMark, path: path, message: "duplicate key '\(name)'")
        }
        let value = try build(
          child(pair.value, fail), path: path.isEmpty ? name : "\(path).\(name)", depth: depth + 1)
        entries.append(Node.Entry(key: name, keyMark: keyMark, value: value))
      }
      return entries
    }

    private func node(_ content: Node.Content, _ mark: Mark, _ path: String) -> Node {
      Node(content: content, mark: mark, path: path, file: file)
    }

    private mutating func child(
      _ index: Int32, _ fail: (String) -> DocumentError
    ) throws(DocumentError) -> UnsafeMutablePointer<yaml_node_t> {
      guard let node = yaml_document_get_node(&document, index) else { throw fail("a node is missing") }
      return node
    }

    private func indices<T>(from start: UnsafeMutablePointer<T>?, to top: UnsafeMutablePointer<T>?) -> [T] {
      guard let start, let top, top > start else { return [] }
      return Array(UnsafeBufferPointer(start: start, count: top - start))
    }

    private func text(_ bytes: UnsafePointer<yaml_char_t>?, _ length: Int) -> String {
      bytes.map { String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self) } ?? ""
    }
  }
}

extension Mark {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}
