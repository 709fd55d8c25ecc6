// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// `vigil.summary/1`: a minute of a stream, with all that a reading has. Its moment is the end of the minute.
struct SummaryBody: Encodable {
  let schema = "vigil.summary/1"
  let id: String
  let epoch: String
  let lane: String
  let seq: Int64
  let gateway: String
  @NullWhenMissing var at: String?
  let reading: String
  let revision: Int
  let state: String
  let purpose: String
  let resident: String
  let device: WireDevice
  @NullWhenMissing var from: String?
  @NullWhenMissing var to: String?
  @NullWhenMissing var observedAt: String?
  @NullWhenMissing var receivedAt: String?
  let coveredSeconds: Int
  let samples: Int
  let clock: WireClock
  // A stream is live by its nature.
  let age = Age.fresh.rawValue
  let quality: String
  let status: [String]
  let values: [WireSummaryValue]

  init(id: String, epoch: String, lane: String, seq: Int64, gateway: String, at: String?, summary: StreamSummary) {
    self.id = id
    self.epoch = epoch
    self.lane = lane
    self.seq = seq
    self.gateway = gateway
    _at = NullWhenMissing(wrappedValue: at)
    reading = summary.reading.description
    revision = summary.revision
    state = summary.state.rawValue
    purpose = summary.purpose.rawValue
    resident = summary.resident.description
    device = WireDevice(summary.device, profile: summary.profile, link: summary.link)
    let end = summary.to.wallMs.map(SiteTime.text)
    _from = NullWhenMissing(wrappedValue: summary.from.wallMs.map(SiteTime.text))
    _to = NullWhenMissing(wrappedValue: end)
    _observedAt = NullWhenMissing(wrappedValue: end)
    _receivedAt = NullWhenMissing(wrappedValue: end)
    coveredSeconds = summary.coveredSeconds
    samples = summary.samples
    clock = WireClock(receivedAt: summary.to)
    quality = summary.quality.rawValue
    status = summary.status
    let isFromOximeter = summary.values.contains { $0.kind == .spo2 }
    values = summary.values.compactMap { WireSummaryValue($0, isFromOximeter: isFromOximeter) }
  }
}

struct WireSummaryValue: Encodable {
  let kind: String
  let unit: String
  let n: Int
  let min: WireNumber
  let max: WireNumber
  @NullWhenMissing var mean: WireNumber?
  let last: WireNumber
  let mdc: Int?
  let loinc: String?

  /// nil for numbers that JSON's plain digits cannot say.
  init?(_ value: StreamSummary.Value, isFromOximeter: Bool) {
    guard let least = WireNumber(value.minimum), let most = WireNumber(value.maximum), let last = WireNumber(value.last)
    else { return nil }
    kind = value.kind.rawValue
    unit = value.kind.unit.rawValue
    n = value.count
    min = least
    max = most
    _mean = NullWhenMissing(wrappedValue: value.mean.flatMap(WireNumber.init))
    self.last = last
    mdc = value.kind.mdc(fromOximeter: isFromOximeter)
    loinc = value.kind.loinc
  }
}
