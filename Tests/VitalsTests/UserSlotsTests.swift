// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@Suite struct UserSlotsTests {
  private func resident(_ text: String) throws -> ResidentID { try #require(ResidentID(text)) }

  @Test func eachUserHasHerOwnAndTheRestAreNobodys() throws {
    let slots = UserSlots([0: try resident("r-31k7"), 254: try resident("r-8m2q")])
    #expect(slots.resident(of: 0) == (try resident("r-31k7")))
    #expect(slots.resident(of: 254) == (try resident("r-8m2q")))
    // Also a number that stands for an unknown user where a profile does not know that, and of a device with wider ones.
    for user in [nil, 1, 253, 255, 256, -1, Int.max] { #expect(slots.resident(of: user) == .unassigned) }
  }

  @Test func anAssignmentIsChangedAndTakenBack() throws {
    var slots = UserSlots()
    #expect(slots.resident(of: 1) == .unassigned)
    slots.assign(1, to: try resident("r-31k7"))
    slots.assign(2, to: try resident("r-31k7"))
    slots.assign(1, to: try resident("r-8m2q"))
    #expect(slots.residents == [1: try resident("r-8m2q"), 2: try resident("r-31k7")])
    slots.assign(1, to: .unassigned)
    slots.assign(9, to: .unassigned)
    #expect(slots.residents == [2: try resident("r-31k7")])
  }

  @Test func theUnknownUserCannotBeAssigned() {
    #expect(UserSlots.users.contains(0) && UserSlots.users.contains(254))
    #expect(!UserSlots.users.contains(255) && !UserSlots.users.contains(-1))
  }
}
