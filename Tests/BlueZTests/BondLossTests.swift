// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import BlueZ

@Suite struct BondLossTests {
  private let hungUp = BlueZError.hungUp("F5")
  private let isGone = BlueZError.timedOut("F5")

  /// What is said after each of these.
  private func said(
    _ errors: [BlueZError], isBonded: Bool = true, need: LinkNeed = .stream(weight: 1)
  ) -> [String] {
    var bond = BondLoss(address: "F5", isBonded: isBonded, need: need)
    return errors.map { bond.failed($0).name.split(separator: ".").last.map(String.init) ?? "" }
  }

  @Test func threeLinksThatEndAtOnceAreForWantOfAKey() {
    #expect(said([hungUp, hungUp, hungUp, isGone]) == ["HungUp", "HungUp", "KeyMissing", "KeyMissing"])
    #expect(said([hungUp, hungUp, hungUp], isBonded: false) == ["HungUp", "HungUp", "HungUp"])
  }

  @Test func whatIsCarriedOutOfHearingHasNotLostItsKey() {
    #expect(!said([hungUp, hungUp, isGone, hungUp, hungUp, isGone, isGone]).contains("KeyMissing"))
  }

  @Test func whatSpeaksNowAndThenIsGoneAfterEach() {
    let visits = [hungUp, isGone, hungUp, isGone, hungUp]
    #expect(said(visits, need: .spot) == ["HungUp", "ServicesTimedOut", "HungUp", "ServicesTimedOut", "KeyMissing"])
  }

  @Test func aBondThatBluetoothdHasNotIsMissedAtOnceAndUntilALinkHolds() {
    var bond = BondLoss(address: "F5", isBonded: true, need: .spot)
    #expect(bond.failed(BlueZError.bondMissing("F5")).isBondLost && bond.failed(isGone).isBondLost)
    bond.holds()
    #expect(bond.found == nil && !bond.failed(isGone).isBondLost)
  }
}
