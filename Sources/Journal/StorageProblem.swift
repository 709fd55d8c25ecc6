// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite

/// What may be wrong with the database, where a person can do something about it.
package enum StorageProblem: String, Sendable {
  /// The file has been removed.
  case gone
  case full
  case readOnly = "read-only"
  case damaged

  /// - Parameter error: as ``Journal`` throws it.
  /// - Returns: nil for any other.
  package init?(_ error: any Error) {
    switch error {
    case let error as SQLiteError where error.isFull: self = .full
    case let error as SQLiteError where error.isReadOnly: self = .readOnly
    case let error as SQLiteError where error.isCorrupt: self = .damaged
    case JournalError.damaged: self = .damaged
    default: return nil
    }
  }
}
