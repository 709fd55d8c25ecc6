// SPDX-License-Identifier: GPL-3.0-or-later

/// Walks through a message from its start. Each read checks what is left first.
package struct ByteReader: Sendable {
  private let all: ArraySlice<UInt8>
  /// Bytes from the start of the value.
  package private(set) var offset: Int

  package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// - Parameter bytes: ``offset`` counts as their indices do.
  package init(_ bytes: ArraySlice<UInt8>) {
    all = bytes
    offset = bytes.startIndex
  }

  package var remaining: Int { all.endIndex - offset }

  /// Goes to a place, counted from where the reader began; behind the end nothing is left.
  package mutating func move(to place: Int) { offset = min(all.startIndex + place, all.endIndex) }

  /// The next bytes, in the order of the wire.
  /// - Parameter field: the name of what is read, for the error.
  package mutating func bytes(_ count: Int, for field: String) throws(DecodeError) -> ArraySlice<UInt8> {
    all[try range(count, for: field)]
  }

  /// An unsigned number of at most 8 bytes, little-endian.
  package mutating func unsigned(_ count: Int, for field: String) throws(DecodeError) -> UInt64 {
    let range = try range(count, for: field)
    var value: UInt64 = 0
    for index in range.reversed() { value = value << 8 | UInt64(all[index]) }
    return value
  }

  /// An unsigned number of at most 8 bytes, big-endian.
  package mutating func unsignedBigEndian(_ count: Int, for field: String) throws(DecodeError) -> UInt64 {
    let range = try range(count, for: field)
    var value: UInt64 = 0
    for index in range { value = value << 8 | UInt64(all[index]) }
    return value
  }

  /// Where the next bytes are; the reader goes behind them.
  private mutating func range(_ count: Int, for field: String) throws(DecodeError) -> Range<Int> {
    guard remaining >= count else { throw missing(count, field) }
    let start = offset
    offset += count
    return start..<offset
  }

  @inline(never) private func missing(_ count: Int, _ field: String) -> DecodeError {
    DecodeError(
      .truncated, offset: offset,
      detail: "\(field) needs \(count) byte\(count == 1 ? "" : "s"), \(remaining) left")
  }
}
