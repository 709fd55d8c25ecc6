// SPDX-License-Identifier: GPL-3.0-or-later

/// `vigil.reading/1` or `vigil.summary/1`.
package struct ReadingMessage: Sendable, Equatable, Decodable {
  package struct Value: Sendable, Equatable, Decodable {
    package let kind: String
    package let value: Double
    package let unit: String

    package init(kind: String, value: Double, unit: String) {
      self.kind = kind
      self.value = value
      self.unit = unit
    }

    /// Of a summary the latest value.
    package init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      guard let kind = fields.id("kind"),
        let value = fields.number("value") ?? fields.number("last") ?? fields.number("mean")
      else { throw Unreadable() }
      self.init(kind: kind, value: value, unit: fields.id("unit") ?? "")
    }
  }

  package let epoch: String
  package let seq: Int64
  /// Names the measurement, a summary's message.
  package let reading: String
  /// A higher one replaces.
  package let revision: Int64
  package let resident: String
  package let device: String
  /// A technician's test reading, which is never charted, or a value that is none of a patient's.
  package let isToBeShown: Bool
  package let isEnteredInError: Bool
  package let isQuestionable: Bool
  package let values: [Value]

  private static let valueLimit = 16

  package init(
    epoch: String, seq: Int64, reading: String, revision: Int64 = 1, resident: String, device: String,
    isEnteredInError: Bool = false, values: [Value]
  ) {
    self.epoch = epoch
    self.seq = seq
    self.reading = reading
    self.revision = revision
    self.resident = resident
    self.device = device
    isToBeShown = true
    self.isEnteredInError = isEnteredInError
    isQuestionable = false
    self.values = values
  }

  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    guard let epoch = fields.id("epoch"), let seq = fields.whole("seq"), seq >= 1,
      let reading = fields.id("reading") ?? fields.id("id")
    else { throw Unreadable() }
    self.epoch = epoch
    self.seq = seq
    self.reading = reading
    revision = fields.whole("revision") ?? 1
    resident = fields.id("resident") ?? "?"
    device = fields.object("device", as: Device.self)?.id ?? "?"
    let quality = fields.id("quality")
    isToBeShown = fields.id("purpose") != "commissioning" && quality != "invalid"
    isEnteredInError = fields.id("state") == "entered-in-error"
    isQuestionable = quality == "questionable"
    values = Array((fields.list("values", of: Value.self)?.items ?? []).prefix(Self.valueLimit))
  }

  private struct Device: Decodable {
    let id: String?
    init(from decoder: any Decoder) throws { id = try Fields(decoder).id("id") }
  }
}
