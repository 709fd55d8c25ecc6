// SPDX-License-Identifier: GPL-3.0-or-later

/// What a device shows of itself, before and after a connection.
package struct DeviceFacts: Sendable, Equatable {
  /// Advertised or resolved; short or 128-bit, in any case.
  package var services: [String]
  package var name: String?
  /// Device Information's Model Number, 2A24.
  package var model: String?
  /// Company ids of the advertisement.
  package var manufacturers: [UInt16]

  package init(services: [String] = [], name: String? = nil, model: String? = nil, manufacturers: [UInt16] = []) {
    self.services = services
    self.name = name
    self.model = model
    self.manufacturers = manufacturers
  }
}

/// Which devices a profile is for. Every group that is given must hold; names and models are one group.
package struct DeviceMatch: Sendable, Hashable {
  /// 128-bit, lower case: one of them.
  package let services: [String]
  package let names: [Glob]
  package let models: [Glob]
  package let manufacturers: [UInt16]

  package static let never = DeviceMatch(services: [], names: [], models: [], manufacturers: [])

  private var isNamed: Bool { !names.isEmpty || !models.isEmpty }

  /// How much a device must show: of two profiles the higher one counts. A name says more than an id, an id more than a
  /// service.
  package var specificity: Int { (isNamed ? 4 : 0) + (manufacturers.isEmpty ? 0 : 2) + (services.isEmpty ? 0 : 1) }

  package func holds(for device: DeviceFacts) -> Bool {
    guard specificity > 0 else { return false }
    if !services.isEmpty {
      guard device.services.contains(where: { BluetoothUUID.full($0).map(services.contains) ?? false }) else {
        return false
      }
    }
    if !manufacturers.isEmpty {
      guard !Set(manufacturers).isDisjoint(with: device.manufacturers) else { return false }
    }
    guard isNamed else { return true }
    return device.name.map { name in names.contains { $0.matches(name) } } ?? false
      || device.model.map { model in models.contains { $0.matches(model) } } ?? false
  }

  /// Whether one device can show what both ask for, and neither asks for more than the other.
  package func isTied(with other: DeviceMatch) -> Bool {
    guard specificity == other.specificity, specificity > 0 else { return false }
    if !services.isEmpty, Set(services).isDisjoint(with: other.services) { return false }
    if !manufacturers.isEmpty, Set(manufacturers).isDisjoint(with: other.manufacturers) { return false }
    guard isNamed else { return true }
    func meet(_ a: [Glob], _ b: [Glob]) -> Bool { a.contains { one in b.contains { one.meets($0) } } }
    return meet(names, other.names) || meet(models, other.models)
  }
}

/// Text in which `*` stands for any characters.
package struct Glob: Sendable, Hashable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package func matches(_ name: String) -> Bool { Self.meet(Array(text.utf8), Array(name.utf8), bothHaveStars: false) }

  /// Whether there is a name that both match.
  package func meets(_ other: Glob) -> Bool {
    Self.meet(Array(text.utf8), Array(other.text.utf8), bothHaveStars: true)
  }

  /// Row by row over all pairs of beginnings: linear in the product of the lengths, whatever the stars.
  private static func meet(_ a: [UInt8], _ b: [UInt8], bothHaveStars: Bool) -> Bool {
    let star = UInt8(ascii: "*")
    func isStar(_ byte: UInt8) -> Bool { bothHaveStars && byte == star }
    // row[j]: the first i bytes of a meet the first j of b.
    var row = [true] + [Bool](repeating: false, count: b.count)
    for (index, byte) in b.enumerated() { row[index + 1] = row[index] && isStar(byte) }
    for byte in a {
      var next = [row[0] && byte == star] + [Bool](repeating: false, count: b.count)
      for (index, other) in b.enumerated() {
        // A star meets nothing, or one byte more.
        next[index + 1] =
          byte == star || isStar(other) ? row[index + 1] || next[index] : row[index] && byte == other
      }
      row = next
    }
    return row[b.count]
  }
}
