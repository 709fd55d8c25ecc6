// SPDX-License-Identifier: GPL-3.0-or-later

/// Sentences that were made elsewhere, in English, and are known by their pattern: fixed words, and holes `{name}` where
/// something of the moment stands.
enum Phrase {
  /// - Parameters:
  ///   - phrases: `en` is the pattern; the first that fits counts.
  ///   - filling: what stands in a hole of that name instead of what was found there.
  /// - Returns: nil where none fits.
  static func translated(
    _ original: String, to language: Language, by phrases: [Text],
    filling: (_ name: String, _ found: String) -> String = { $1 }
  ) -> String? {
    for phrase in phrases {
      guard let found = holes(of: phrase.en, in: original) else { continue }
      return pieces(of: phrase(in: language)).map { piece in
        switch piece {
        case .words(let words): words
        case .hole(let name): filling(name, found[name] ?? "")
        }
      }.joined()
    }
    return nil
  }

  /// What stands in the holes of a pattern, nil where the text is not of that pattern. By octets: a value may begin with
  /// something that would melt into the mark before it.
  static func holes(of pattern: String, in text: String) -> [String: String]? {
    var found: [String: String] = [:]
    var rest = Array(text.utf8)[...]
    var open: String?
    let pieces = pieces(of: pattern)
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .hole(let name): open = name
      case .words(let words):
        let words = Array(words.utf8)
        guard let name = open else {
          guard rest.starts(with: words) else { return nil }
          rest = rest.dropFirst(words.count)
          continue
        }
        open = nil
        let isLast = index == pieces.count - 1
        let end = isLast ? rest.endIndex - words.count : rest.firstRange(of: words)?.lowerBound
        guard let end, end >= rest.startIndex, rest[end...].starts(with: words) else { return nil }
        found[name] = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[(end + words.count)...]
      }
    }
    if let open {
      found[open] = String(decoding: rest, as: UTF8.self)
    } else if !rest.isEmpty {
      return nil
    }
    return found
  }

  private enum Piece {
    case words(String)
    case hole(String)
  }

  private static func pieces(of pattern: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = pattern[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { pieces.append(.words(String(rest[..<open]))) }
      pieces.append(.hole(String(rest[rest.index(after: open)..<close])))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.words(String(rest))) }
    return pieces
  }
}
