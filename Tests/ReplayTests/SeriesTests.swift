// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import Replay

@Suite struct SeriesTests {
  @Test func peaksOutliveTheThinningOut() {
    var series = Series()
    for second in 0..<100_000 {
      let value = second == 77_777 ? 30.0 : second == 3 ? 150 : 80 + Double(second % 3)
      series.add(value, mark: .valid, at: 1_000_000 + Int64(second) * 1000, isStream: true)
    }
    #expect(series.valid.count <= Series.capacity && series.width == 32_000)
    #expect(series.range == 30...150)
    #expect(series.valid.first == Series.Span(least: 80, most: 150))
    #expect(series.valid[77_777 / 32]?.least == 30)
    #expect(series.valid.compactMap { $0 }.count == 3125)
  }

  @Test func holesStay() {
    var series = Series()
    series.add(80, mark: .valid, at: 0, isStream: true)
    series.add(81, mark: .valid, at: 5_000_000, isStream: true)
    #expect(series.width == 2000 && series.valid.count == 2501)
    #expect(series.valid.compactMap { $0 }.count == 2)
    #expect(series.valid.last == Series.Span(least: 81, most: 81))
  }

  @Test func spotsAreDotsWhileThereIsRoom() {
    var series = Series()
    for index in 0..<(Series.dotLimit + 10) {
      series.add(120, mark: index % 2 == 0 ? .valid : .questionable, at: Int64(index) * 60_000, isStream: false)
    }
    #expect(series.dots.count == Series.dotLimit)
    #expect(series.valid.compactMap { $0 }.count == 5 && series.questionable.compactMap { $0 }.count == 5)
    #expect(Series().isEmpty && !series.isEmpty)
  }
}
