// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Vitals

@Suite struct RFC3339Tests {
  @Test(arguments: [
    ("2026-03-14T08:05:30.000+08:00", 1_773_446_730_000), ("2026-03-14T00:05:30Z", 1_773_446_730_000),
    ("2026-03-13T19:05:30.25-05:00", 1_773_446_730_250), ("1970-01-01T00:00:00Z", 0),
    ("2024-02-29T12:00:00.123456+00:00", 1_709_208_000_123), ("2000-03-01T00:00:00Z", 951_868_800_000),
  ])
  func instants(text: String, milliseconds: Int64) {
    #expect(RFC3339.milliseconds(text) == milliseconds)
  }

  @Test(arguments: [
    "", "2026-03-14", "2026-03-14T08:05:30", "2026-13-14T08:05:30Z", "2026-03-14T25:05:30Z", "2026-03-14T08:05:30.Z",
    "2026-03-14T08:05:30+0800", "2026-03-14T08:05:30ZZ", "１９７０-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+08:00",
  ])
  func noInstants(text: String) {
    #expect(RFC3339.milliseconds(text) == nil)
  }
}
