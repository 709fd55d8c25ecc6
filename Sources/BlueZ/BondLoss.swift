// SPDX-License-Identifier: GPL-3.0-or-later

/// Takes from the failures of an enrolled device's links whether one side has lost the bond. Pure.
///
/// bluetoothd 5.66 does not say why a link ended. A device that has no key any more is connected to, cannot encrypt, and is
/// gone before its services are resolved, each time; by a weak signal that happens now and then.
struct BondLoss: Sendable {
  /// Links that ended so, one after the other, for want of any other reason.
  private static let proof = 3

  let address: String
  /// It was enrolled with a bond.
  let isBonded: Bool
  let need: LinkNeed
  private var hangUps = 0
  /// What a person has to mend: it stands while the device is tried again.
  private(set) var found: LinkFailure?

  init(address: String, isBonded: Bool, need: LinkNeed) {
    (self.address, self.isBonded, self.need) = (address, isBonded, need)
  }

  /// All is well with a link, or a value has come over it.
  mutating func holds() { (hangUps, found) = (0, nil) }

  /// - Returns: what is to be said of it.
  mutating func failed(_ error: any Error) -> LinkFailure {
    if case BlueZError.hungUp = error {
      hangUps += 1
    } else if need != .spot {
      // What is carried about breaks links at the edge of hearing as well, and then is gone. What speaks now and then is gone
      // after each of them.
      hangUps = 0
    }
    let failure = LinkFailure(isBonded && hangUps >= Self.proof ? BlueZError.keyMissing(address) : error)
    if failure.isBondLost { found = failure }
    return found ?? failure
  }
}
