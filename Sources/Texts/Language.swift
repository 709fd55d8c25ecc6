// SPDX-License-Identifier: GPL-3.0-or-later

/// A language that Vigil speaks to people. Its raw value is a BCP 47 tag, the key of an alert's `text`.
package enum Language: String, CaseIterable, Sendable {
  case zh
  case en

  /// The language of a locale as in LC_ALL or LANG: `zh_CN.UTF-8` is Chinese, everything else English.
  package init(locale: String) {
    let tag = locale.prefix { $0 != "_" && $0 != "." && $0 != "-" && $0 != "@" }
    self = tag.lowercased() == "zh" ? .zh : .en
  }
}
