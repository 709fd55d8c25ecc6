// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Which rules silence which.
enum RuleFamily {
  /// A rule as its document has it.
  struct Member {
    let rule: Rule
    let isEnabled: Bool
    /// Where it names those that it silences.
    let supersedes: [Node]
  }

  /// Those that are enabled, a more serious one before those it supersedes, otherwise in the order of the document.
  ///
  /// - Throws: for a rule that does not exist, and for rules that silence each other.
  static func ordered(_ members: [Member]) throws(DocumentError) -> [Rule] {
    let ids = members.map(\.rule.id)
    for member in members {
      for node in member.supersedes {
        let id = try node.string
        guard ids.contains(id) else {
          throw node.error("there is no rule '\(id.prefix(40))', known: \(ids.joined(separator: ", "))")
        }
      }
    }
    var (rest, placed) = (members, [Member]())
    while !rest.isEmpty {
      let free = rest.firstIndex { member in !rest.contains { $0.rule.supersedes.contains(member.rule.id) } }
      guard let free else { throw circle(among: rest) }
      placed.append(rest.remove(at: free))
    }
    let enabled = Set(placed.filter(\.isEnabled).map(\.rule.id))
    return placed.filter(\.isEnabled).map { member in
      var rule = member.rule
      rule.supersedes.removeAll { !enabled.contains($0) }
      return rule
    }
  }

  /// - Parameter members: each is silenced by another of them.
  private static func circle(among members: [Member]) -> DocumentError {
    var path: [Member] = []
    var next = members.first
    while let member = next, !path.contains(where: { $0.rule.id == member.rule.id }) {
      path.append(member)
      next = members.first { $0.rule.supersedes.contains(member.rule.id) }
    }
    let circle = Array(path.drop { $0.rule.id != next?.rule.id }.reversed())
    let names = circle.map(\.rule.id).joined(separator: ", ")
    let message = "\(names): each of these silences the next, and the last the first; take one of them out"
    let ids = circle.map(\.rule.id)
    let nodes = circle.flatMap(\.supersedes).filter { node in (try? node.string).map(ids.contains) ?? false }
    // What a person can mend, rather than what is part of the program.
    guard let node = nodes.first(where: { !RuleLoader.isEdition($0.file) }) ?? nodes.first else {
      return DocumentError(file: "", mark: Mark(line: 1, column: 1), path: "rules", message: message)
    }
    return node.error(message)
  }
}
