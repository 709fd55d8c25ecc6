// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Documents of rules, taken over from one another. Who wrote what goes with it.
extension Node {
  /// With each rule's own author and date; of a document with no base.
  func signed() throws(DocumentError) -> Node {
    var entries: [Entry] = []
    for entry in try self.entries {
      guard entry.key == "rules" else {
        entries.append(entry)
        continue
      }
      var rules: [Entry] = []
      for rule in try entry.value.entries { rules.append(try signed(rule)) }
      entries.append(entry.with(entry.value.with(.mapping(rules))))
    }
    return with(.mapping(entries))
  }

  /// What the file says of itself holds for a rule that does not say so.
  private func signed(_ rule: Entry) throws(DocumentError) -> Entry {
    var keys = try rule.value.entries
    for entry in try entries where ["author", "date"].contains(entry.key) {
      if !keys.contains(where: { $0.key == entry.key }) { keys.append(entry) }
    }
    return rule.with(rule.value.with(.mapping(keys)))
  }

  /// With everything of its base that it does not name: manners, limits and rules key by key.
  ///
  /// - Parameter base: a whole one.
  func signed(on base: Node) throws(DocumentError) -> Node {
    var entries: [Entry] = []
    for entry in try self.entries {
      let inherited = try base.entries.first { $0.key == entry.key }?.value
      switch (entry.key, inherited) {
      case ("manners", let inherited?), ("technical", let inherited?):
        entries.append(entry.with(try entry.value.merged(over: inherited, depth: 2)))
      case ("rules", let inherited?): entries.append(entry.with(try changes(entry.value, of: inherited)))
      default: entries.append(entry)
      }
    }
    for inherited in try base.entries where !["note", "based-on"].contains(inherited.key) {
      if !entries.contains(where: { $0.key == inherited.key }) { entries.append(inherited) }
    }
    return with(.mapping(entries))
  }

  private func changes(_ rules: Node, of base: Node) throws(DocumentError) -> Node {
    let inherited = try base.entries
    var changed: [Entry] = []
    for rule in inherited {
      guard let own = try rules.entries.first(where: { $0.key == rule.key }) else {
        changed.append(rule)
        continue
      }
      let keys = try own.value.entries.map(\.key)
      let isSwitch = keys == ["enabled"]
      guard isSwitch || keys.contains("version") else {
        throw own.value.error("missing key 'version': a changed rule is a new version of it")
      }
      changed.append(own.with(try (isSwitch ? own : signed(own)).value.merged(over: rule.value, depth: 1)))
    }
    for own in try rules.entries where !inherited.contains(where: { $0.key == own.key }) {
      guard try own.value.entries.contains(where: { $0.key == "when" }) else {
        throw own.error(
          "there is no rule '\(own.key.prefix(40))' to be changed, known: "
            + "\(inherited.map(\.key).joined(separator: ", ")); a new one needs 'when'")
      }
      changed.append(try signed(own))
    }
    return rules.with(.mapping(changed))
  }

  /// - Parameter depth: below that many levels of keys a value is replaced as a whole.
  private func merged(over base: Node, depth: Int) throws(DocumentError) -> Node {
    // A single value, as of `digest-at`, is replaced.
    guard depth > 0, case .mapping = base.content else { return self }
    var merged: [Entry] = []
    for entry in try entries {
      if let inherited = try base.entries.first(where: { $0.key == entry.key }) {
        merged.append(entry.with(try entry.value.merged(over: inherited.value, depth: depth - 1)))
      } else {
        merged.append(entry)
      }
    }
    for inherited in try base.entries where !merged.contains(where: { $0.key == inherited.key }) {
      merged.append(inherited)
    }
    return with(.mapping(merged))
  }

  private func with(_ content: Content) -> Node { Node(content: content, mark: mark, path: path, file: file) }
}

extension Node.Entry {
  fileprivate func with(_ value: Node) -> Node.Entry { Node.Entry(key: key, keyMark: keyMark, value: value) }
}
