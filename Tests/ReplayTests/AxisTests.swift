// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Testing
import Vitals

@testable import Replay

@Suite struct AxisTests {
  private func labels(hours: Int64, from: Int64 = Trace.start) -> [String] {
    TimeAxis(from...(from + hours * 3_600_000), left: 0, width: 1000).marks(Trace.calendar, in: .en).map(\.label)
  }

  @Test func timesAreRound() {
    #expect(labels(hours: 1).prefix(3) == ["08:00", "08:05", "08:10"])
    #expect(labels(hours: 16) == ["08:00", "10:00", "12:00", "14:00", "16:00", "18:00", "20:00", "22:00", "15 Mar"])
    #expect(labels(hours: 16, from: Trace.start + 1).first == "10:00")
    #expect(labels(hours: 24 * 7).filter { $0.hasSuffix("Mar") }.count == 7)
    #expect(labels(hours: 24 * 400).count <= 13)
  }

  @Test func placesAreHeld() {
    let axis = TimeAxis(0...100_000, left: 10, width: 200)
    #expect(axis.x(0) == 10 && axis.x(50_000) == 110 && axis.x(1_000_000) == 210 && axis.x(-5) == 10)
    #expect(TimeAxis(5...5, left: 0, width: 100).x(5) == 0)
  }

  @Test func valuesAreRound() {
    #expect(ValueAxis(0...100, top: 0, height: 100).marks == [0, 20, 40, 60, 80, 100])
    #expect(ValueAxis(36.2...37.9, top: 0, height: 100).marks.count <= 8)
    #expect(ValueAxis(5...5, top: 0, height: 100).y(5) == 50)
    let axis = ValueAxis(0...100, top: 10, height: 112)
    #expect(axis.y(106) == 10 && axis.y(-6) == 122 && axis.y(1e9) == 10)
  }

  @Test func barsDoNotCoverEachOther() {
    var layout = BarLayout(within: 0...1000)
    #expect(layout.place(from: 0, to: 10, label: 50) == .init(row: 0, labelX: 14, isLabelBefore: false, hasLabel: true))
    #expect(layout.place(from: 60, to: 300, label: 50).row == 1)
    #expect(
      layout.place(from: 70, to: 80, label: 50) == .init(row: 0, labelX: 84, isLabelBefore: false, hasLabel: true))
    #expect(
      layout.place(from: 980, to: 990, label: 50) == .init(row: 0, labelX: 976, isLabelBefore: true, hasLabel: true))
    #expect(
      layout.place(from: 10, to: 990, label: 50) == .init(row: 2, labelX: 14, isLabelBefore: false, hasLabel: true))
    for _ in 0..<20 { _ = layout.place(from: 400, to: 900, label: 50) }
    #expect(layout.rows == BarLayout.mostRows)
    #expect(!layout.place(from: 400, to: 900, label: 50).hasLabel)
  }
}
