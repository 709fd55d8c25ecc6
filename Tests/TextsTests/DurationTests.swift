// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@Suite struct DurationTests {
  @Test(arguments: [
    (-5, "0 s", "0 秒"), (0, "0 s", "0 秒"), (59, "59 s", "59 秒"), (60, "1 min", "1 分钟"), (3599, "59 min", "59 分钟"),
    (3600, "1 h", "1 小时"), (7500, "2 h 5 min", "2 小时 5 分钟"), (86_399, "23 h 59 min", "23 小时 59 分钟"),
    (86_400, "1 day", "1 天"), (90_000, "1 day 1 h", "1 天 1 小时"), (31_536_000, "365 days", "365 天"),
  ])
  func plainWords(seconds: Int64, en: String, zh: String) {
    #expect(StatusTexts.duration(seconds) == Text(zh: zh, en: en))
  }

  @Test func agoAndNextTry() {
    #expect(StatusTexts.ago(0) == Text(zh: "刚刚", en: "just now"))
    #expect(StatusTexts.ago(12_000) == Text(zh: "3 小时前", en: "3 h ago"))
    #expect(StatusTexts.ago(90_000) == Text(zh: "1 天前", en: "1 day ago"))
    #expect(StatusTexts.ago(5) == Text(zh: "5 秒前", en: "5 s ago"))
    #expect(StatusTexts.nextTry(20) == Text(zh: "20 秒后重试", en: "next try in 20 s"))
    #expect(StatusTexts.nextTry(0) == StatusTexts.nextTry(nil))
  }

  @Test(arguments: [(0, "0 MB free"), (999_999_999, "999 MB free"), (21_474_836_480, "21.4 GB free")])
  func freeSpace(bytes: Int64, en: String) {
    #expect(StatusTexts.free(bytes: bytes).en == en)
  }
}
