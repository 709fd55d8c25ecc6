// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Testing

@testable import vigilctl

@Suite struct DeskControlsTests {
  var controls = DeskControls()

  /// Open alerts of these ids, in this order; `version` is everybody's.
  static func alerts(_ ids: String..., version: Int = 1) -> [DeskAlert] {
    var desk = Desk(clinic: "c1")
    for (index, id) in ids.enumerated() {
      DeskScreenTests.hear(
        &desk, "gw-1", "alert/r",
        DeskScreenTests.alert(
          id, seq: index + 1, raisedAt: "2026-03-14T07:0\(9 - index):00+08:00"
        ).replacing(#""version":1"#, with: #""version":\#(version)"#), at: 1)
    }
    return desk.openAlerts
  }

  mutating func press(_ key: ScreenKey, _ alerts: [DeskAlert]) -> String? {
    controls.press(key, in: alerts).map { "\($0.alert.facts.alert) \($0.version)" }
  }

  @Test mutating func whatIsConfirmedIsAcknowledged() {
    let alerts = Self.alerts("a", "b", "c")
    #expect(controls.index(in: alerts) == 0)
    _ = press(.down, alerts)
    _ = press(.letter("j"), alerts)
    _ = press(.down, alerts)
    #expect(controls.index(in: alerts) == 2)
    _ = press(.up, alerts)
    #expect(press(.letter("a"), alerts) == nil && controls.question?.choice.alert == "b")
    #expect(press(.letter("y"), alerts) == "b 1" && controls.question == nil)
    #expect(press(.letter("y"), alerts) == nil)
  }

  @Test(arguments: [ScreenKey.letter("n"), .enter, .other, .up, .letter("a")])
  mutating func anyOtherKeyIsNo(key: ScreenKey) {
    let alerts = Self.alerts("a", "b")
    _ = press(.letter("a"), alerts)
    #expect(press(key, alerts) == nil && controls.question == nil && controls.index(in: alerts) == 0)
    #expect(press(.letter("y"), alerts) == nil)
  }

  /// The list moves while somebody looks at it.
  @Test mutating func theChoiceIsAnAlertAndNotALine() {
    _ = press(.down, Self.alerts("a", "b", "c"))
    #expect(controls.index(in: Self.alerts("x", "a", "b", "c")) == 2)
    // It has gone: the next one in its place is chosen, and nothing is past the end.
    #expect(controls.index(in: Self.alerts("a", "c")) == 1)
    #expect(controls.index(in: Self.alerts("a")) == 0)
    #expect(controls.index(in: []) == nil && press(.letter("a"), []) == nil && controls.question == nil)
  }

  @Test mutating func theVersionIsTheOneOfTheQuestion() {
    _ = press(.letter("a"), Self.alerts("a", "b"))
    #expect(press(.letter("y"), Self.alerts("b", "a", version: 4)) == "a 1")
  }

  @Test mutating func whatIsGoneNeedsNoAnswer() {
    _ = press(.letter("a"), Self.alerts("a", "b"))
    #expect(press(.letter("y"), Self.alerts("b")) == nil && controls.question == nil)
  }
}
