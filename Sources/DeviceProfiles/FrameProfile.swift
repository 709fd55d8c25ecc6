// SPDX-License-Identifier: GPL-3.0-or-later

/// How frames stand in an octet stream, read by ``FrameLoader``, followed by ``FrameAssembler``.
package struct FrameProfile: Sendable, Hashable {
  /// By what the beginning of a frame is known.
  package enum Start: Sendable, Hashable {
    /// One of these sequences of octets; none is empty or the beginning of another.
    case octets([[UInt8]])
    /// The first octet of a frame, and no other, has this bit set.
    case bit(Int)
  }

  /// Octets of a whole frame.
  package enum Length: Sendable, Hashable {
    case fixed(Int)
    /// The number at this offset, of 1 or 2 octets, plus `add`.
    case told(at: Int, width: Int, isBigEndian: Bool, add: Int)
  }

  /// The most that a profile may allow, in octets.
  package static let limit = 4096

  package let start: Start
  package let length: Length
  /// A frame that says that it is longer is none.
  package let longest: Int
  package let checksum: Checksum?

  /// A frame that says that it is shorter is none: it could not hold its beginning, its length and its checksum.
  /// - Parameter start: the octets that the frame begins with.
  package func shortest(start: Int) -> Int {
    let told = if case .told(let at, let width, _, _) = length { at + width } else { 0 }
    guard let checksum else { return max(start, told) }
    return max(start, told, checksum.from + 1) + checksum.until
  }
}
