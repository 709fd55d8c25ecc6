// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// Lines of a descriptor that is read when it has something.
struct LineBuffer {
  let descriptor: Int32
  /// Nothing more will come.
  private(set) var hasEnded = false
  private var bytes: [UInt8] = []

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Reads once. A last line without an end counts as one.
  mutating func fill() {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    if count > 0 {
      bytes += chunk.prefix(count)
    } else {
      hasEnded = true
      if !bytes.isEmpty, bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
    }
  }

  /// Octets that nobody has taken.
  var count: Int { bytes.count }

  /// Whether a whole line is here already.
  var hasLine: Bool { bytes.contains(UInt8(ascii: "\n")) }

  /// The next whole line, without its end; nil where there is none yet.
  mutating func next() -> String? {
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { bytes.removeSubrange(...end) }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  /// Forgets what came.
  mutating func clear() { bytes = [] }
}
