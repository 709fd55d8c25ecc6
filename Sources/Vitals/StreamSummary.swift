// SPDX-License-Identifier: GPL-3.0-or-later

/// What a live stream said in one minute: what the contract calls a summary.
///
/// Minutes are those of the monotonic clock, so that a jump of the wall clock neither doubles nor loses one.
package struct StreamSummary: Sendable, Equatable {
  /// One kind of value, over the samples that count.
  package struct Value: Sendable, Equatable {
    package let kind: ObservationKind
    package let count: Int
    package let minimum: ExactDecimal
    package let maximum: ExactDecimal
    /// With one more digit after the point than the samples, rounded half to even; nil where it is no number of ours.
    package let mean: ExactDecimal?
    package let last: ExactDecimal

    package init(
      kind: ObservationKind, count: Int, minimum: ExactDecimal, maximum: ExactDecimal, mean: ExactDecimal?,
      last: ExactDecimal
    ) {
      self.kind = kind
      self.count = count
      self.minimum = minimum
      self.maximum = maximum
      self.mean = mean
      self.last = last
    }
  }

  /// How long a summary is, in milliseconds.
  package static let length: Int64 = 60_000

  package let device: DeviceReference
  package let profile: String
  package let characteristic: String
  package let link: LinkSecurity
  package let resident: ResidentID
  package let purpose: Purpose
  /// The beginning and the end of the minute. Their wall times rest on one sample's.
  package let from: Moment
  package let to: Moment
  /// The seconds of the minute in which there is a sample.
  package let coveredSeconds: Int
  /// All of them, those too that do not count.
  package let samples: Int
  /// That of the samples that count: the valid ones, without a number from them the questionable ones.
  package let quality: Quality
  /// What any of the samples said, in the order of its first appearance.
  package let status: [String]
  package let values: [Value]
  /// 1, 2, 3…: the highest counts.
  package let revision: Int
  package let state: ReadingState
  /// Whose the samples were when they came: it stays when the summary is moved to another resident.
  private let source: ResidentID

  package init(
    device: DeviceReference, profile: String, characteristic: String, link: LinkSecurity, resident: ResidentID,
    purpose: Purpose, from: Moment, to: Moment, coveredSeconds: Int, samples: Int, quality: Quality, status: [String],
    values: [Value]
  ) {
    self.init(
      device: device, profile: profile, characteristic: characteristic, link: link, resident: resident,
      source: resident, purpose: purpose, from: from, to: to, coveredSeconds: coveredSeconds, samples: samples,
      quality: quality, status: status, values: values, revision: 1, state: .final)
  }

  private init(
    device: DeviceReference, profile: String, characteristic: String, link: LinkSecurity, resident: ResidentID,
    source: ResidentID, purpose: Purpose, from: Moment, to: Moment, coveredSeconds: Int, samples: Int,
    quality: Quality, status: [String], values: [Value], revision: Int, state: ReadingState
  ) {
    self.device = device
    self.profile = profile
    self.characteristic = characteristic
    self.link = link
    self.resident = resident
    self.source = source
    self.purpose = purpose
    self.from = from
    self.to = to
    self.coveredSeconds = coveredSeconds
    self.samples = samples
    self.quality = quality
    self.status = status
    self.values = values
    self.revision = revision
    self.state = state
  }

  /// Identifies the summary: the same whenever it is made of the same minute.
  package var reading: StableID {
    StableID(hashing: [
      "summary", device.id, device.address.description, device.model, profile, characteristic, source.description,
      link.rawValue, purpose.rawValue, from.bootID, String(from.monotonicMs),
    ])
  }

  /// The same with what was found out later.
  ///
  /// - Parameter wallMs: of the end of the minute; nil while unknown.
  package func corrected(
    revision: Int, state: ReadingState, wallMs: Int64?, synchronized: Bool, resident: ResidentID?
  ) -> StreamSummary {
    func moved(_ moment: Moment) -> Moment {
      Moment(
        bootID: moment.bootID, monotonicMs: moment.monotonicMs,
        wallMs: wallMs.map { $0 &- (to.monotonicMs &- moment.monotonicMs) }, synchronized: synchronized)
    }
    return StreamSummary(
      device: device, profile: profile, characteristic: characteristic, link: link,
      resident: resident ?? self.resident, source: source, purpose: purpose, from: moved(from), to: moved(to),
      coveredSeconds: coveredSeconds, samples: samples, quality: quality, status: status, values: values,
      revision: revision, state: state)
  }
}

extension StreamSummary {
  /// When the minute that this monotonic time is in begins.
  package static func beginning(of monotonicMs: Int64) -> Int64 {
    let rest = monotonicMs % length
    // A damaged row may say a moment of before the boot.
    return monotonicMs &- (rest < 0 ? rest + length : rest)
  }

  /// Sums up a minute of one source.
  ///
  /// - Parameters:
  ///   - samples: in the order of their receipt, of one source, one boot and one minute.
  ///   - fromMs: where a part of the minute has been summed up already: when the rest begins, monotonic.
  /// - Returns: nil without a sample.
  package init?(of samples: [Observation], fromMs: Int64? = nil) {
    guard let first = samples.first else { return nil }
    let begin = Self.beginning(of: first.received.monotonicMs)
    let (quality, values) = Self.values(of: samples)
    self.init(
      device: first.device, profile: first.profile, characteristic: first.characteristic, link: first.link,
      resident: first.resident, purpose: first.purpose, from: Self.moment(fromMs ?? begin, by: samples),
      to: Self.moment(begin &+ Self.length, by: samples),
      coveredSeconds: Set(samples.map { ($0.received.monotonicMs &- begin) / 1000 }).count, samples: samples.count,
      quality: quality,
      status: samples.reduce(into: []) { all, sample in all += sample.status.filter { !all.contains($0) } },
      values: values)
  }

  /// A synchronized clock is believed before another, and the latest sample's before an earlier one's.
  private static func moment(_ monotonicMs: Int64, by samples: [Observation]) -> Moment {
    let timed = samples.last { $0.received.synchronized && $0.received.wallMs != nil }
    let witness = (timed ?? samples.last { $0.received.wallMs != nil } ?? samples.last)?.received
    return Moment(
      bootID: witness?.bootID ?? "", monotonicMs: monotonicMs,
      wallMs: witness?.wallMs.map { $0 &- ((witness?.monotonicMs ?? monotonicMs) &- monotonicMs) },
      synchronized: witness?.synchronized ?? false)
  }

  private static func values(of samples: [Observation]) -> (Quality, [Value]) {
    for quality in [Quality.valid, .questionable] {
      let values = values(in: samples.filter { $0.quality == quality })
      if !values.isEmpty { return (quality, values) }
    }
    return (.invalid, [])
  }

  private static func values(in samples: [Observation]) -> [Value] {
    var numbers: [ObservationKind: [ExactDecimal]] = [:]
    var kinds: [ObservationKind] = []
    for quantity in samples.lazy.flatMap(\.values) {
      guard let number = quantity.number else { continue }
      if numbers[quantity.kind] == nil { kinds.append(quantity.kind) }
      numbers[quantity.kind, default: []].append(number)
    }
    return kinds.compactMap { kind in
      let all = numbers[kind] ?? []
      guard let least = all.min(), let most = all.max(), let last = all.last else { return nil }
      return Value(kind: kind, count: all.count, minimum: least, maximum: most, mean: mean(of: all), last: last)
    }
  }

  private static func mean(of numbers: [ExactDecimal]) -> ExactDecimal? {
    var sum: ExactDecimal? = ExactDecimal(0)
    for number in numbers { sum = sum?.adding(number) }
    let digits = numbers.reduce(0) { max($0, -$1.exponent) }
    return sum?.converted(adding: 0, times: 1, over: Int64(numbers.count), fractionDigits: digits + 1)
  }
}
