// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// The shipped profiles cut into small ones, because a small input is tried often: one characteristic each, with its
/// first vector.
enum ProfileSeeds {
  private static let cut = ["characteristics", "advertisements"]

  static func all(_ files: [ProfileFolder.File]) throws -> [String] {
    var seeds: [String] = []
    for file in files {
      guard case .mapping(let entries) = try YAML.parse(file.text, file: file.name).content else { continue }
      let head = entries.filter { !cut.contains($0.key) }.map { "\($0.key): \(flow($0.value))\n" }.joined()
      for entry in entries where cut.contains(entry.key) {
        guard case .sequence(let items) = entry.value.content else { continue }
        seeds += items.map { "\(head)\(entry.key):\n  - \(flow($0))\n" }
      }
      if !entries.contains(where: { cut.contains($0.key) }) { seeds.append(head) }
    }
    return seeds
  }

  /// Everything on one line; of a list of vectors only the first.
  private static func flow(_ node: Node) -> String {
    switch node.content {
    case .scalar(let text, let plain): plain && isPlain(text) ? text : quoted(text)
    case .sequence(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{"
        + entries.map { entry in
          guard entry.key == "vectors", case .sequence(let vectors) = entry.value.content, let first = vectors.first
          else {
            return "\(entry.key): \(flow(entry.value))"
          }
          return "vectors: [\(flow(first))]"
        }.joined(separator: ", ") + "}"
    }
  }

  /// Whether a value without quotes stays one between brackets.
  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && !text.contains { ",[]{}\n\"".contains($0) } && !text.contains(": ") && !text.contains(" #")
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
