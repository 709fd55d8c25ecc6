// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Vitals

/// Reads rule sets from YAML: the editions that Vigil ships, and a site's file on top of one.
///
///     edition: our-clinic
///     based-on: cn                     # an edition to take everything over from that this file does not name
///     version: 3
///     author: Dr. Li
///     date: 2026-12-01
///     note: what the reader should know    # or {zh: …, en: …}
///     settle: 30 s
///     manners: …                       # see MannersLoader
///     technical: …                     # see TechnicalLimitsLoader
///     rules:
///       OX-1: …                        # see RowLoader
///
/// A file with a base may change any key of any rule; it says by `version` which one that is. It may add rules, and take
/// one out by `enabled: false`.
package enum RuleLoader {
  /// Names of the editions that are part of the program; each may be based on those before it.
  package static let editions = ["cn", "intl"]

  private static let suffix = ".yaml"

  /// Whether errors of that file are errors of the program.
  static func isEdition(_ file: String) -> Bool { editions.contains { $0 + suffix == file } }

  private static let required = ["edition", "version", "author", "date"]
  private static let optional = ["note", "based-on", "settle", "manners", "technical", "rules"]

  /// An edition that is part of the program.
  ///
  /// - Throws: what is wrong with its text. Tests hold every edition to be right.
  package static func edition(_ name: String) throws(DocumentError) -> RuleSet {
    try ruleSet(document(ofEdition: name))
  }

  /// - Parameter file: the name that errors are to show.
  /// - Throws: the first thing wrong with the text, with its place.
  package static func load(_ text: String, file: String) throws(DocumentError) -> RuleSet {
    try ruleSet(whole(YAML.parse(text, file: file), bases: editions))
  }

  // MARK: bases

  /// With everything that it takes over.
  private static func document(ofEdition name: String) throws(DocumentError) -> Node {
    let octets =
      switch name {
      case "cn": PackageResources.cn_yaml
      case "intl": PackageResources.intl_yaml
      default: [UInt8]()
      }
    let node = try YAML.parse(String(decoding: octets, as: UTF8.self), file: name + suffix)
    return try whole(node, bases: editions.prefix { $0 != name })
  }

  /// A document with everything of its base that it does not name.
  private static func whole(_ document: Node, bases: some Sequence<String>) throws(DocumentError) -> Node {
    let keys = try document.mapping(required: required, optional: optional)
    guard let base = keys["based-on"] else { return try document.signed() }
    let (name, known) = (try base.string, Array(bases))
    guard known.contains(name) else {
      throw base.error("expected one of \(known.joined(separator: ", ")), found '\(name.prefix(40))'")
    }
    return try document.signed(on: try Self.document(ofEdition: name))
  }

  // MARK: a whole document

  private static func ruleSet(_ document: Node) throws(DocumentError) -> RuleSet {
    let keys = try document.mapping(
      required: required + ["settle", "manners", "technical", "rules"], optional: ["note", "based-on"])
    return RuleSet(
      edition: try identifier(keys.required("edition")),
      version: try keys.required("version").integer(in: RowLoader.versions),
      author: try RowLoader.words(keys.required("author"), atMost: 80),
      date: try RowLoader.date(keys.required("date")), note: try keys["note"].map(RowLoader.text),
      base: try keys["based-on"].map { (node) throws(DocumentError) in try node.string },
      rules: try rules(keys.required("rules")), settle: try TimeLength.read(keys.required("settle"), in: 0...60_000),
      manners: try MannersLoader.manners(keys.required("manners")),
      technical: try TechnicalLimitsLoader.limits(keys.required("technical")))
  }

  private static func rules(_ node: Node) throws(DocumentError) -> [Rule] {
    var all: [RuleFamily.Member] = []
    for entry in try node.entries {
      all.append(try RowLoader.member(entry))
    }
    let rules = try RuleFamily.ordered(all)
    guard !rules.isEmpty else { throw node.error("no rule is left, leave one of them enabled") }
    return rules
  }

  private static func identifier(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    let isGood = text.utf8.allSatisfy { octet in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet)
        || octet == UInt8(ascii: "-")
    }
    guard isGood, (1...64).contains(text.utf8.count) else {
      throw node.error("'\(text.prefix(40))' is not an id, allowed: 1 to 64 of a-z, 0-9 and -")
    }
    return text
  }
}
