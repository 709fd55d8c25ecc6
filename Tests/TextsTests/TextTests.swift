// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts
import Vitals

@Suite struct TextTests {
  @Test func everyKindHasAName() {
    for kind in ObservationKind.allCases { #expect(KindNames.name(ofKind: kind.rawValue) != nil, "\(kind)") }
  }

  @Test(arguments: [
    ("zh_CN.UTF-8", Language.zh), ("zh", .zh), ("zh-Hans", .zh), ("ZH_TW", .zh), ("en_GB.UTF-8", .en), ("C", .en),
    ("", .en),
    ("zha", .en),
  ])
  func theLocaleNamesTheLanguage(locale: String, language: Language) {
    #expect(Language(locale: locale) == language)
  }

  @Test func aTextIsInBothLanguages() {
    let text = Text(zh: "血氧", en: "SpO2")
    #expect(text(in: .zh) == "血氧" && text(in: .en) == "SpO2")
    #expect(text.byTag == ["zh": "血氧", "en": "SpO2"])
  }
}
