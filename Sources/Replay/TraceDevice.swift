// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// The device that a line names: an id, or an object as in a message.
struct TraceDevice {
  let reference: DeviceReference
  let profile: String
  let link: LinkSecurity

  private static let nowhere = DeviceAddress("00:00:00:00:00:00")

  init(_ json: JSON) throws(TraceProblem) {
    let device = json["device"] ?? .null
    let id: String
    switch device {
    case .null: id = "d-1"
    case .text(let text): id = text
    case .object:
      guard let text = device["id"]?.text else { throw TraceReader.wrong("device") }
      id = text
    default: throw TraceReader.wrong("device")
    }
    guard let address = device["address"]?.text.flatMap(DeviceAddress.init) ?? Self.nowhere, !id.isEmpty else {
      throw TraceReader.wrong("device")
    }
    reference = DeviceReference(id: id, model: device["model"]?.text ?? id, address: address)
    profile = device["profile"]?.text ?? json["profile"]?.text ?? ""
    let inside: LinkSecurity? = try TraceReader.word("link", of: device)
    let beside: LinkSecurity? = try TraceReader.word("link", of: json)
    link = inside ?? beside ?? .authenticated
  }

  /// What gateways of before `stream` meant: of the standard services only a heart rate comes as a stream.
  func isStreaming(_ values: [Quantity]) -> Bool {
    profile == "bluetooth.heart-rate" && values.contains { $0.kind == .heartRate }
  }

  /// The standard service's characteristic for such values. Two that a device has are two streams.
  static func characteristic(_ values: [Quantity], _ isStream: Bool) -> String {
    switch values.first?.kind {
    case .heartRate, .rrInterval, .energyExpended: "2A37"
    case .systolic, .diastolic, .meanArterial: "2A35"
    case .spo2, .pulseRate, .pulseAmplitudeIndex: isStream ? "2A5F" : "2A5E"
    case .bodyTemperature: "2A1C"
    case .bodyWeight, .bmi, .bodyHeight: "2A9D"
    case .glucose: "2A18"
    case .battery: "2A19"
    default: ""
    }
  }
}
