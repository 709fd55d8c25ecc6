// SPDX-License-Identifier: GPL-3.0-or-later

/// What Vigil says to people. A text cannot be without one of the languages.
///
/// All texts stand in this target, one file for each room that speaks: what is here is the catalogue.
package struct Text: Sendable, Equatable {
  package let zh: String
  package let en: String

  package init(zh: String, en: String) {
    self.zh = zh
    self.en = en
  }

  /// Reads what ``byTag`` writes; a language that is missing is empty.
  package init(byTag texts: [String: String]) {
    self.init(zh: texts[Language.zh.rawValue] ?? "", en: texts[Language.en.rawValue] ?? "")
  }

  package func callAsFunction(in language: Language) -> String {
    switch language {
    case .zh: zh
    case .en: en
    }
  }

  /// Every language's text under its tag: an alert's `text`.
  package var byTag: [String: String] {
    Dictionary(Language.allCases.map { ($0.rawValue, self(in: $0)) }, uniquingKeysWith: { $1 })
  }
}
