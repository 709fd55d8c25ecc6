// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong in a file of rules, in the words of the loader (`en`, with holes) and in Chinese.
enum RulePhrases {
  /// The longer of two that begin alike first.
  static let all = file + tests + confirmation + clearing

  private static let file = [
    Text(
      zh: "应为 30 s、5 min、36 h 或 7 d 这样的时长，现为{found}",
      en: "expected a length of time such as 30 s, 5 min, 36 h or 7 d, found {found}"),
    Text(zh: "应为 \"08:00\" 这样的时刻，现为{found}", en: "expected a time of the day such as \"08:00\", found {found}"),
    Text(zh: "应为 2026-12-01 这样的日期，现为{found}", en: "expected a date such as 2026-12-01, found {found}"),
    Text(zh: "应为一行文字，不含控制字符", en: "expected one line of text without control characters"),
    Text(zh: "超过 {longest} 个字符，请缩短", en: "longer than {longest} characters, shorten it"),
    Text(zh: "超过 4 级", en: "more than 4 levels"),
    Text(zh: "应晚于前一级", en: "expected later than the level before it"),
    Text(
      zh: "开始时刻不早于结束时刻；时段不能跨过午夜", en: "the first is not before the last; hours over midnight are not possible"),
    Text(zh: "高优先级的警报从不合并，请去掉 daily-cap", en: "a high alert is never held back, leave 'daily-cap' out"),
    Text(
      zh: "{id} 不能作为规则的编号，可用 2 到 32 个 A-Z、a-z、0-9 和 -，以大写字母开头",
      en: "{id} is no id of a rule, allowed: 2 to 32 of A-Z, a-z, 0-9 and -, a capital letter first"),
    Text(zh: "{id} 是网关自己的技术警报，请换一个编号", en: "{id} is a technical alert of the gateway itself, choose another id"),
    Text(zh: "没有一条规则是启用的，请至少启用一条", en: "no rule is left, leave one of them enabled"),
    Text(
      zh: "缺少 version：改动过的规则是一个新版本", en: "missing key 'version': a changed rule is a new version of it"),
    Text(
      zh: "没有规则 {id} 可以改动，已有：{known}；新规则要写 when",
      en: "there is no rule {id} to be changed, known: {known}; a new one needs 'when'"),
    Text(zh: "没有规则 {id}，已有：{known}", en: "there is no rule {id}, known: {known}"),
    Text(
      zh: "{rules}：它们依次取代下一条，最后一条又取代第一条，请去掉其中一个",
      en: "{rules}: each of these silences the next, and the last the first; take one of them out"),
    Text(
      zh: "列表的最后应为 high、medium 或 low：前面的都不符合时用它",
      en: "expected high, medium or low as the last of the list: what counts when nothing before it does"),
    Text(
      zh: "在 priority 之外，还应写 age、condition、with 之一",
      en: "expected one of age, condition, with beside the priority"),
    Text(zh: "needs 和 not 里都有 {name}，请保留一个", en: "{name} stands under 'needs' and 'not', keep one of them"),
  ]

  private static let tests = [
    Text(zh: "应为以下之一：{list}，现为{found}", en: "expected one of {list}; found {found}"),
    Text(zh: "应为 median 或 mean", en: "expected either 'median' or 'mean'"),
    Text(zh: "应为大于 0 的数", en: "expected a number above 0"),
    Text(zh: "应为一种比较", en: "expected a comparison"),
    Text(zh: "{kind} 与 {others} 不是同一种量", en: "{kind} is not the same quantity as {others}"),
    Text(zh: "应为两种数值，从第一种中减去第二种", en: "expected two kinds, the second is taken from the first"),
    Text(zh: "又一个界限 {limit}，请另写一条规则", en: "a second limit {limit}, make another rule of it"),
  ]

  private static let confirmation = [
    Text(zh: "应写 stream 或 spot，或两者都写", en: "expected 'stream' or 'spot', or both"),
    Text(
      zh: "应为以下之一：one、second、mean、sessions、average", en: "expected one of one, second, mean, sessions, average"),
    Text(
      zh: "平均值只能由数得出，absent 和 status 没有数，请换一种确认方式",
      en: "a mean is of numbers, 'absent' and 'status' have none; confirm it otherwise"),
    Text(
      zh: "{rule} 由下一次读数确认，不论何时，请去掉这个键",
      en: "{rule} is confirmed by the next reading, whenever it comes; remove the key"),
    Text(
      zh: "{rule} 由多次测量确认，不由时间确认，请去掉这个键",
      en: "{rule} is confirmed by sessions of measuring, not by a time; remove the key"),
  ]

  private static let clearing = [
    Text(
      zh: "{rule} 由 {count} 次读数解除，不由时间解除，请去掉这个键",
      en: "{rule} is cleared by {count} readings, not by a time; remove the key"),
    Text(
      zh: "{rule} 在一段时间没有再出现后解除，请去掉这个键",
      en: "{rule} is cleared by quiet time, not by a time; remove the key"),
    Text(zh: "应写 when 或 quiet，或两者都写", en: "expected 'when' or 'quiet', or both"),
    Text(
      zh: "缺少 held：连续数据会引发它，也要能解除它",
      en: "missing key 'held': a stream raises it, so a stream must be able to clear it"),
    Text(zh: "连续数据不会引发它，请去掉 held", en: "no stream raises it, leave 'held' out"),
    Text(zh: "这条规则不看 {kind}，请去掉", en: "the rule does not look at {kind}, leave it out"),
    Text(
      zh: "{back} 会让警报在 {limit} 还在时就结束，请在 clear 中写更靠里的界限",
      en: "{back} would end the alert while {limit} lasts, choose a limit of 'clear' further inside"),
    Text(
      zh: "clear 没有写明 {limit} 何时结束，请补上", en: "nothing under 'clear' says when {limit} is over, add it"),
  ]
}
