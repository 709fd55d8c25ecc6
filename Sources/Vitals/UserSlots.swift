// SPDX-License-Identifier: GPL-3.0-or-later

/// Whose the readings are that a device shared by several people sends, by its own number of the user. What belongs to no
/// one known here is nobody's: never a guess.
package struct UserSlots: Sendable, Equatable {
  /// The numbers that a user may have. 255 is an unknown one (GATT Specification Supplement, User Index).
  package static let users = 0...254

  /// By the number of the user.
  package private(set) var residents: [Int: ResidentID]
  /// By the number of the user, of those whose data the device gives only for a code.
  package private(set) var consents: [Int: ConsentCode] = [:]

  package init(_ residents: [Int: ResidentID] = [:]) { self.residents = residents }

  /// - Parameter user: as the device sent it; nil for none or an unknown one.
  /// - Returns: ``ResidentID/unassigned`` where it is nobody's.
  package func resident(of user: Int?) -> ResidentID { user.flatMap { residents[$0] } ?? .unassigned }

  /// - Parameters:
  ///   - resident: ``ResidentID/unassigned`` for nobody, whose data is not asked for.
  ///   - consent: nil where the code that is known stays, if one is.
  package mutating func assign(_ user: Int, to resident: ResidentID, consent: ConsentCode? = nil) {
    residents[user] = resident == .unassigned ? nil : resident
    consents[user] = resident == .unassigned ? nil : consent ?? consents[user]
  }
}
