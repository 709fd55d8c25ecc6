// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a characteristic's value gave no measurement. Carries offsets and lengths, never a value.
package struct DecodeError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Reason: String, Sendable, CaseIterable {
    /// The value ends before a field that its flags announce.
    case truncated
    /// It contradicts its own layout.
    case malformed
    /// No profile knows how to read it.
    case unsupported
  }

  package let reason: Reason
  /// Where in the value the field begins that could not be read, in bytes from 0.
  package let offset: Int
  /// For a person: `pulse rate needs 2 bytes, 1 left`.
  package let detail: String

  package init(_ reason: Reason, offset: Int, detail: String) {
    self.reason = reason
    self.offset = offset
    self.detail = detail
  }

  package var description: String { "\(reason.rawValue) at offset \(offset): \(detail)" }
}
