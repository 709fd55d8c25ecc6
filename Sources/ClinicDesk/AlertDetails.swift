// SPDX-License-Identifier: GPL-3.0-or-later
import Texts

/// What only the alert's own messages say: the text and the values, which the retained list of open alerts leaves out.
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
  package let acknowledgedBy: String?

  private static let textLimit = 300
  private static let valueLimit = 16

  package init(version: Int64, phase: String, texts: [String: String], values: [Value] = []) {
    self.version = version
    self.phase = phase
    self.texts = texts
    self.values = values
    acknowledgedBy = nil
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    version = fields.whole("version") ?? 0
    phase = fields.id("phase") ?? "?"
    texts = fields.texts("text", limit: Self.textLimit)
    let evidence = fields.list("evidence", of: Evidence.self)?.items ?? []
    values = Array(evidence.flatMap(\.values).prefix(Self.valueLimit))
    acknowledgedBy = fields.text("acknowledgedBy", limit: 64)
  }

  /// In that language, or in one that there is.
  package func text(in language: Language) -> String? {
    let found = texts[language.rawValue] ?? texts.first { $0.key.hasPrefix(language.rawValue + "-") }?.value
    return found ?? texts[Language.en.rawValue] ?? texts.min { $0.key < $1.key }?.value
  }
}
