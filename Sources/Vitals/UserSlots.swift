// SPDX-License-Identifier: GPL-3.0-or-later

/// Whose the readings are that a device shared by several people sends, by its own number of the user. What belongs to no
/// one known here is nobody's: never a guess.
package struct UserSlots: Sendable, Equatable {
  /// The numbers that a user may have. 255 is an unknown one (GATT Specification Supplement, User Index).
  package static let users = 0...254

  /// By the number of the user.
  package private(set) var residents: [Int: ResidentID]

  package init(_ residents: [Int: ResidentID] = [:]) { self.residents = residents }

  /// - Parameter user: as the device sent it; nil for none or an unknown one.
  /// - Returns: ``ResidentID/unassigned`` where it is nobody's.
  package func resident(of user: Int?) -> ResidentID { user.flatMap { residents[$0] } ?? .unassigned }

  /// - Parameter resident: ``ResidentID/unassigned`` for nobody.
  package mutating func assign(_ user: Int, to resident: ResidentID) {
    residents[user] = resident == .unassigned ? nil : resident
  }
}
