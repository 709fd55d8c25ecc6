// SPDX-License-Identifier: GPL-3.0-or-later
import Texts

/// What only the alert's own messages say: the text, the values and why it is silent. The retained list of open alerts leaves
/// it out: no value of a person lies at the broker for whoever comes.
package struct AlertDetails: Sendable, Equatable, Decodable {
  /// A value that the alert rests on.
  package struct Value: Sendable, Equatable, Decodable {
    package let kind: String
    package let value: Double
    /// UCUM.
    package let unit: String

    package init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      guard let kind = fields.id("kind"), let value = fields.number("value") else { throw Unreadable() }
      self.kind = kind
      self.value = value
      unit = fields.id("unit") ?? ""
    }
  }

  /// Why it is silent now.
  package struct Pause: Sendable, Equatable, Decodable {
    /// `resident`, `rule`, `alert`.
    package let scope: String
    /// In the words of whoever paused it.
    package let reason: String
    package let by: String?

    package init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      scope = fields.id("scope") ?? "?"
      reason = fields.text("reason", limit: 200) ?? ""
      by = fields.id("by")
    }
  }

  private struct Evidence: Decodable {
    let values: [Value]

    init(from decoder: any Decoder) throws { values = try Fields(decoder).list("values", of: Value.self)?.items ?? [] }
  }

  /// Of the message that said this.
  package let version: Int64
  package let phase: String
  /// By language (BCP 47).
  package let texts: [String: String]
  package let values: [Value]
  /// Milliseconds since 1970 by the gateway's clock; nil while it is not paused, and where nobody has said an end.
  package let pausedUntilMs: Int64?
  package let pause: Pause?
  /// When this was sent nobody had received the alert yet, as far as the gateway knew.
  package let wasUndelivered: Bool

  static let textLimit = 300
  private static let valueLimit = 16

  package init(version: Int64, phase: String, texts: [String: String], values: [Value] = []) {
    self.version = version
    self.phase = phase
    self.texts = texts
    self.values = values
    pausedUntilMs = nil
    pause = nil
    wasUndelivered = false
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    version = fields.whole("version") ?? 0
    phase = fields.id("phase") ?? "?"
    texts = fields.texts("text", limit: Self.textLimit)
    let evidence = fields.list("evidence", of: Evidence.self)?.items ?? []
    values = Array(evidence.flatMap(\.values).prefix(Self.valueLimit))
    pausedUntilMs = fields.instant("pausedUntil")
    pause = fields.object("pause", as: Pause.self)
    wasUndelivered = fields.flag("undelivered") ?? false
  }

  /// In that language, or in one that there is.
  package func text(in language: Language) -> String? { language.pick(from: texts) }
}

extension Language {
  /// The text in this language, or in one that there is.
  func pick(from texts: [String: String]) -> String? {
    let found = texts[rawValue] ?? texts.first { $0.key.hasPrefix(rawValue + "-") }?.value
    return found ?? texts[Language.en.rawValue] ?? texts.min { $0.key < $1.key }?.value
  }
}
