// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The ids of a trace's readings, which may be any text, as the rules want them, and back.
struct ReadingNames {
  private var names: [StableID: String] = [:]

  /// What the id of a reading without one ends with, after the line's number: no hash does.
  private static let lineMark = [UInt8]("\0no id\0\0".utf8)

  /// 32 hexadecimal digits are an id as they stand, and cost no memory. Numbers that somebody wrote so are told apart
  /// by their zeros: their ends would be lost to whoever keeps half of an id.
  mutating func id(of name: String) -> StableID {
    if let id = StableID(hex: name), id.description == name, !id.bytes.prefix(4).allSatisfy({ $0 == 0 }) { return id }
    let id = StableID(hashing: ["trace", name])
    names[id] = name
    return id
  }

  func name(of id: StableID) -> String {
    names[id] ?? Self.line(of: id).map { "line:\($0)" } ?? id.description
  }

  /// The id of a reading that has none. The number stands first: whoever keeps half of an id keeps that.
  static func line(_ number: Int64) -> StableID {
    let digits = stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    return StableID(bytes: digits + lineMark) ?? StableID(hashing: ["line", String(number)])
  }

  private static func line(of id: StableID) -> Int64? {
    guard id.bytes.suffix(8).elementsEqual(lineMark) else { return nil }
    return id.bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
  }
}
