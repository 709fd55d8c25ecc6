// SPDX-License-Identifier: GPL-3.0-or-later

/// One of the five things that SQLite stores.
package enum Value: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  /// nil becomes null.
  package init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }
  /// nil becomes null.
  package init(_ integer: Int?) { self = integer.map { .integer(Int64($0)) } ?? .null }
  /// nil becomes null.
  package init(_ text: String?) { self = text.map { .text($0) } ?? .null }
  /// nil becomes null; an empty array stays an empty blob.
  package init(_ blob: [UInt8]?) { self = blob.map { .blob($0) } ?? .null }
  /// Stored as 1 or 0.
  package init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }

  /// nil for anything else.
  package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  /// nil for anything else.
  package var text: String? { if case .text(let value) = self { value } else { nil } }
}
