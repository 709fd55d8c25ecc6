// SPDX-License-Identifier: GPL-3.0-or-later

/// `vigil.reading/1` or `vigil.summary/1`.
package struct ReadingMessage: Sendable, Equatable, Decodable {
  package struct Value: Sendable, Equatable, Decodable {
    package let kind: String
    /// Of a summary the latest one.
    package let value: Double
    package let unit: String
    /// From the least to the most of a summary's minute.
    package let range: ClosedRange<Double>?

    package init(kind: String, value: Double, unit: String, range: ClosedRange<Double>? = nil) {
      self.kind = kind
      self.value = value
      self.unit = unit
      self.range = range
    }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      guard let kind = fields.id("kind"),
        let value = fields.number("value") ?? fields.number("last") ?? fields.number("mean")
      else { throw Unreadable() }
      var range: ClosedRange<Double>?
      if let least = fields.number("min"), let most = fields.number("max"), least <= most { range = least...most }
      self.init(kind: kind, value: value, unit: fields.id("unit") ?? "", range: range)
    }
  }

  /// When it came, or a summary's minute ended, on the gateway's own clock. Those of two boots do not compare.
  package struct Arrival: Sendable, Equatable, Decodable {
    package let boot: String
    package let monotonicMs: Int64

    package init(boot: String, monotonicMs: Int64) {
      self.boot = boot
      self.monotonicMs = monotonicMs
    }

    package init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      guard let boot = fields.id("bootId"), let ms = fields.whole("monotonicMs") else { throw Unreadable() }
      self.init(boot: boot, monotonicMs: ms)
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
  package let arrival: Arrival?
  /// A technician's test reading, which is never charted, or a value that is none of a patient's.
  package let isToBeShown: Bool
  package let isEnteredInError: Bool
  package let isQuestionable: Bool
  package let values: [Value]

  private static let valueLimit = 16

  package init(
    epoch: String, seq: Int64, reading: String, revision: Int64 = 1, resident: String, device: String,
    arrival: Arrival? = nil, isEnteredInError: Bool = false, values: [Value]
  ) {
    self.epoch = epoch
    self.seq = seq
    self.reading = reading
    self.revision = revision
    self.resident = resident
    self.device = device
    self.arrival = arrival
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
    arrival = fields.object("clock", as: Arrival.self)
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
