// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles

/// Any values one after another, for what is put together of several: frames, segments, a sampled stream.
///
/// Behind the feature: an octet whose lower six bits are the length of a value (63: 63 more than the next octet), and
/// whose upper two say how long after the one before it arrives; then the value.
struct StreamTarget: Sendable {
  let characteristic: CharacteristicProfile
  let profile: DeviceProfile

  /// The last is longer than the break after which a frame is not waited for any more.
  private static let pausesMs: [Int64] = [0, 20, 1000, 6000]

  private struct Value {
    let bytes: [UInt8]
    let atMs: Int64
  }

  static func isStream(_ characteristic: CharacteristicProfile) -> Bool {
    if case .named = characteristic.layout { return true }
    return characteristic.frames != nil || characteristic.samplePeriodMs != nil
  }

  var target: FuzzTarget {
    let prefix = FeaturePrefix(characteristic)
    return FuzzTarget(
      name: FuzzTarget.name("stream", profile, characteristic),
      seeds: characteristic.vectors.map { prefix.input($0.values.flatMap(Self.input), feature: $0.feature) }, run: run)
  }

  private static func input(_ value: [UInt8]) -> [UInt8] {
    guard value.count >= 63 else { return [UInt8(truncatingIfNeeded: value.count)] + value }
    let head = value.prefix(63 + 255)
    return [63, UInt8(truncatingIfNeeded: head.count - 63)] + head
  }

  private static func values(_ input: [UInt8]) -> [Value] {
    var rest = input[...]
    var values: [Value] = []
    var nowMs: Int64 = 0
    while let control = rest.popFirst() {
      nowMs += pausesMs[Int(control >> 6)]
      var length = Int(control & 63)
      if length == 63 { length += Int(rest.popFirst() ?? 0) }
      values.append(Value(bytes: Array(rest.prefix(length)), atMs: nowMs))
      rest = rest.dropFirst(length)
    }
    return values
  }

  @Sendable private func run(_ input: [UInt8]) {
    let (feature, rest) = FeaturePrefix(characteristic).split(input)
    let values = Self.values(rest)
    let outcomes = read(values, feature)
    hold(outcomes.map(Self.words) == read(values, feature).map(Self.words), "reading twice gives the same")
    for case .measurement(let measurement, let bytes) in outcomes where bytes.reduce(0, &+) % 8 == 0 {
      ReportPromises.check(
        DecodeReport.json([.measurement(measurement, bytes: bytes)], as: characteristic, of: profile), [measurement])
    }
    if let frames = characteristic.frames { checkFrames(values, frames) }
  }

  private func read(_ values: [Value], _ feature: [UInt8]?) -> [ValueReader.Outcome] {
    var reader = ValueReader(characteristic: characteristic, profile: profile)
    reader.feature = feature
    return values.flatMap { reader.read($0.bytes, at: $0.atMs) }
  }

  private static func words(_ outcome: ValueReader.Outcome) -> String {
    switch outcome {
    case .measurement(let measurement, let bytes): "\(measurement.values) \(measurement.status) \(bytes)"
    case .error(let error, let bytes): "\(error) \(bytes)"
    }
  }

  private func checkFrames(_ values: [Value], _ frames: FrameProfile) {
    let whole = Found(values, frames)
    // An empty value has no octets and still a time.
    let single = values.flatMap { value in
      value.bytes.isEmpty ? [value] : value.bytes.map { Value(bytes: [$0], atMs: value.atMs) }
    }
    hold(whole == Found(single, frames), "frames do not depend on where values begin and end")
    let sent = values.reduce(0) { $0 + $1.bytes.count }
    let framed = whole.frames.reduce(0) { $0 + $1.count }
    hold(framed + whole.skipped <= sent, "no octet is in two frames, or in one and skipped")
    for frame in whole.frames {
      hold((frames.shortest(start: 1)...frames.longest).contains(frame.count), "a frame has an allowed length")
    }
  }

  /// What an assembler found in all.
  private struct Found: Equatable {
    var frames: [[UInt8]] = []
    var rejected: [[UInt8]] = []
    var skipped = 0

    init(_ values: [Value], _ profile: FrameProfile) {
      var assembler = FrameAssembler(profile)
      for value in values {
        for event in assembler.add(value.bytes, at: value.atMs) {
          switch event {
          case .frame(let frame): frames.append(frame)
          case .rejected(let frame, _): rejected.append(frame)
          case .skipped(let count): skipped += count
          }
        }
      }
    }
  }
}
