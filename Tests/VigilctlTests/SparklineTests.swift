// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import vigilctl

@Suite struct SparklineTests {
  @Test(arguments: [
    ([], "heart-rate", 5, ""), ([72], "heart-rate", 5, "▅"), ([60, 130], "heart-rate", 5, "▁█"),
    ([60, 70, 80, 90, 100, 110, 120, 130], "heart-rate", 8, "▁▂▃▄▅▆▇█"),
    // The newest that fit.
    ([10, 60, 130], "heart-rate", 2, "▁█"), ([1, 2], "heart-rate", 0, ""),
    // Noise stays flat, a fall does not.
    ([71, 72, 73, 72], "heart-rate", 9, "▄▅▅▅"), ([97, 97, 98, 86], "spo2", 9, "▇▇█▁"),
    ([36.5, 36.6], "body-temperature", 9, "▄▅"), ([0, 0], "something-new", 9, "▅▅"),
  ])
  func draws(values: [Double], kind: String, cells: Int, expected: String) {
    #expect(Sparkline.draw(values, kind: kind, cells: cells) == expected)
  }

  @Test func whatIsNoNumberIsLeftOut() {
    #expect(Sparkline.draw([60, .nan, .infinity, 1e300, 130], kind: "heart-rate", cells: 9) == "▁█")
    #expect(Sparkline.draw([-1e308, 1e308], kind: "heart-rate", cells: 9).isEmpty)
  }
}
