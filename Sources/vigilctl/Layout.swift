// SPDX-License-Identifier: GPL-3.0-or-later

/// Text in the cells of a terminal, where a Chinese character takes two.
enum Layout {
  /// How many cells a text takes.
  static func cells(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + cells($1) } }

  /// Wide and Fullwidth of Unicode's East Asian Width (UAX #11), in whole blocks: names from the air may hold anything.
  /// glibc's wcwidth is hidden from Swift and depends on the locale.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
    0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
  ]

  private static func cells(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: 0
    default: wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }
  }

  /// Filled up with spaces.
  static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - cells(text)))
  }

  /// Cut to a width; `…` stands for what is missing.
  static func cut(_ text: String, to width: Int) -> String {
    guard cells(text) > width else { return text }
    var kept = String.UnicodeScalarView()
    var left = width - 1
    for scalar in text.unicodeScalars {
      left -= cells(scalar)
      guard left >= 0 else { break }
      kept.append(scalar)
    }
    return width > 0 ? String(kept) + "…" : ""
  }

  /// Broken into lines: at spaces, and beside a wide character, but not before a mark that closes or after one that opens
  /// (UAX #14 in its simplest form). What has no such place is cut where the line ends.
  ///
  /// - Parameter indent: of the second line and the following.
  static func wrapped(_ text: String, to width: Int, indent: Int = 0) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { wrappedLine($0, to: width, indent: indent) }
  }

  /// The same in so many lines at most; `…` stands for what is missing.
  static func wrapped(_ text: String, to width: Int, atMost limit: Int) -> [String] {
    let lines = wrapped(text, to: width)
    guard lines.count > limit, limit > 0 else { return Array(lines.prefix(max(0, limit))) }
    return lines.prefix(limit - 1) + [cut(lines[(limit - 1)...].joined(separator: " "), to: width)]
  }

  private static func wrappedLine(_ text: Substring, to width: Int, indent: Int) -> [String] {
    var lines: [String] = []
    var line: [Character] = []
    var taken = 0
    // Where the line may end: how much of it stays, and how much of the rest is spaces.
    var breakAt: (kept: Int, dropped: Int)?
    for character in text {
      let size = cells(String(character))
      if let last = line.last, mayBreak(between: last, and: character) {
        breakAt = (line.count, 0)
      }
      line.append(character)
      taken += size
      if character == " " {
        breakAt = (line.count - 1, 1)
        continue
      }
      guard taken > width, line.count > 1 else { continue }
      let (kept, dropped) = breakAt.flatMap { $0.kept > (lines.isEmpty ? 0 : indent) ? $0 : nil } ?? (line.count - 1, 0)
      lines.append(trimmed(line[..<kept]))
      line = Array(repeating: " ", count: indent) + line[(kept + dropped)...].drop { $0 == " " }
      taken = line.reduce(0) { $0 + cells(String($1)) }
      breakAt = nil
    }
    return lines + [trimmed(line[...])]
  }

  /// Without the spaces at its end.
  static func trimmed(_ line: some Collection<Character>) -> String {
    var line = String(line)
    while line.last == " " { line.removeLast() }
    return line
  }

  private static func mayBreak(between left: Character, and right: Character) -> Bool {
    guard left != " ", right != " ", !"（《“‘「".contains(left), !"，。、；：？！）》”’」…％℃,.;:?!)".contains(right) else {
      return false
    }
    return cells(String(left)) == 2 || cells(String(right)) == 2
  }

  /// Without what would move a terminal's cursor or change its colours.
  static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          scalar.properties.generalCategory == .control && scalar != "\n" ? "\u{FFFD}" : scalar
        }))
  }

  /// Rows in columns, two spaces between them, nothing behind the last.
  static func table(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { row in column < row.count ? cells(row[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      let last = row.lastIndex { !$0.isEmpty } ?? -1
      return row.prefix(last + 1).enumerated().map { column, cell in
        column == last ? cell : padded(cell, to: widths[column])
      }.joined(separator: "  ")
    }
  }

  /// Rows in columns within a width: where they are too wide, some columns are cut, the first of them first.
  ///
  /// - Parameter shrinking: the columns that may be cut, down to `minimum` cells.
  static func table(_ rows: [[String]], within width: Int, shrinking: [Int], minimum: Int = 8) -> [String] {
    var rows = rows
    for column in shrinking {
      let excess = (table(rows).map(cells).max() ?? 0) - width
      guard excess > 0 else { break }
      let present = rows.map { column < $0.count ? cells($0[column]) : 0 }.max() ?? 0
      for row in rows.indices where column < rows[row].count {
        rows[row][column] = cut(rows[row][column], to: max(minimum, present - excess))
      }
    }
    return table(rows).map { cut($0, to: width) }
  }
}
