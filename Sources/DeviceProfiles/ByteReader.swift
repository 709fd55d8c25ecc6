// SPDX-License-Identifier: GPL-3.0-or-later

/// Walks through a message from its start. Each read checks what is left first.
package struct ByteReader: Sendable {
  private let all: ArraySlice<UInt8>
  private var rest: ArraySlice<UInt8>

  package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// - Parameter bytes: ``offset`` counts as their indices do.
  package init(_ bytes: ArraySlice<UInt8>) {
    all = bytes
    rest = bytes
  }

  /// Bytes from the start of the value.
  package var offset: Int { rest.startIndex }
  package var remaining: Int { rest.count }

  /// Goes to a place, counted from where the reader began; behind the end nothing is left.
  package mutating func move(to place: Int) { rest = all.dropFirst(place) }

  /// The next bytes, in the order of the wire.
  /// - Parameter field: the name of what is read, for the error.
  package mutating func bytes(_ count: Int, for field: String) throws(DecodeError) -> ArraySlice<UInt8> {
    guard rest.count >= count else {
      throw DecodeError(
        .truncated, offset: offset,
        detail: "\(field) needs \(count) byte\(count == 1 ? "" : "s"), \(rest.count) left")
    }
    let taken = rest.prefix(count)
    rest = rest.dropFirst(count)
    return taken
  }

  /// An unsigned number of at most 8 bytes, little-endian.
  package mutating func unsigned(_ count: Int, for field: String) throws(DecodeError) -> UInt64 {
    try bytes(count, for: field).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// An unsigned number of at most 8 bytes, big-endian.
  package mutating func unsignedBigEndian(_ count: Int, for field: String) throws(DecodeError) -> UInt64 {
    try bytes(count, for: field).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
