// SPDX-License-Identifier: GPL-3.0-or-later

/// How something stands, in three parts of one sentence.
package struct Explanation: Sendable, Equatable {
  /// What is the matter.
  package let why: Text
  /// What the gateway does about it by itself, and when; nil where ``why`` says that as well.
  package let next: Text?
  /// What a person can do; nil where nothing is to be done.
  package let remedy: Text?

  init(why: Text, next: Text?, remedy: Text? = nil) {
    (self.why, self.next, self.remedy) = (why, next, remedy)
  }

  package var sentence: Text {
    Text(
      zh: why.zh + (next.map { "；\($0.zh)" } ?? "") + (remedy.map { "。\($0.zh)" } ?? ""),
      en: why.en + (next.map { "; \($0.en)" } ?? "") + (remedy.map { "; \($0.en)" } ?? ""))
  }
}
