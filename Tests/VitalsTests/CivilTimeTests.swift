// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@Suite struct CivilTimeTests {
  @Test(arguments: [
    (0, 1970, "1970-01-01T00:00:00"), (951_782_400, 1970, "2000-02-29T00:00:00"),
    (826_761_930, 2000, "2026-03-14T00:05:30"), (3_982_435_530, 1900, "2026-03-14T00:05:30"),
    (4_294_967_295, 2000, "2136-02-07T06:28:15"), (5_097_600, 1900, "1900-03-01T00:00:00"),
  ])
  func countsSecondsFromAYear(seconds: Int64, year: Int, expected: String) {
    #expect(CivilTime(seconds: seconds, sinceYear: year)?.description == expected)
  }

  @Test(arguments: [-1, Int64.min, Int64.max, 400_000_000_000])
  func beyondTheCalendarThereIsNoTime(seconds: Int64) {
    #expect(CivilTime(seconds: seconds, sinceYear: 1970) == nil)
  }

  @Test(arguments: [
    ("2026-03-14T08:05:30", -60, "2026-03-14T07:05:30"), ("2026-01-01T00:00:00", -1, "2025-12-31T23:59:00"),
    ("2024-02-28T23:59:59", 1, "2024-02-29T00:00:59"), ("2023-02-28T23:59:59", 1, "2023-03-01T00:00:59"),
    ("2026-12-31T23:00:00", 32766, "2027-01-23T17:06:00"), ("2026-03-14T08:05:30", 0, "2026-03-14T08:05:30"),
    ("1582-01-01T00:00:00", -1, nil), ("9999-12-31T23:59:59", 1, nil),
  ])
  func movesByMinutes(from: String, minutes: Int, expected: String?) throws {
    #expect(try #require(CivilTime(from)).adding(minutes: minutes)?.description == expected)
  }

  @Test func farAwayIsNoTime() throws {
    let time = try #require(CivilTime("2026-03-14T08:05:30"))
    for minutes in [Int.min, Int.max, 1_000_001] { #expect(time.adding(minutes: minutes) == nil) }
  }
}
