// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Testing

/// Against a second, plain reading of the same rules that has the whole stream before it.
@Suite struct FramePropertyTests {
  struct Framing: Sendable, CustomTestStringConvertible {
    let start: [[UInt8]]
    let at: Int
    let isBigEndian: Bool
    let width: Int
    let add: Int
    let longest: Int
    let kind: String?
    let from: Int

    var checksumWidth: Int { kind.map { $0.hasPrefix("crc-16") ? 2 : 1 } ?? 0 }
    var testDescription: String { text }
    var text: String {
      let starts = start.map { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
      let begin = starts.count == 1 ? "start: \(starts[0])" : "starts: [\(starts.joined(separator: ", "))]"
      let type = width == 1 ? "uint8" : isBigEndian ? "uint16be" : "uint16"
      let check = kind.map { ", checksum: {kind: \($0), from: \(from)}" } ?? ""
      return "{\(begin), length: {at: \(at), type: \(type), add: \(add)}, longest: \(longest)\(check)}"
    }

    func isGood(_ frame: ArraySlice<UInt8>) -> Bool {
      guard let kind else { return true }
      let body = frame.dropLast(checksumWidth)
      return Array(frame.suffix(checksumWidth)) == FrameStreams.checksum(kind, body.dropFirst(from))
    }

    /// The frames of a stream, and whether the end of it may still be one.
    func frames(_ stream: [UInt8]) -> [[UInt8]] {
      var found: [[UInt8]] = []
      var index = 0
      while index < stream.count {
        let rest = stream[index...]
        guard let begin = start.first(where: { rest.starts(with: $0) || $0.starts(with: rest) }) else {
          index += 1
          continue
        }
        guard rest.count >= max(begin.count, at + width) else { break }
        let number = rest.dropFirst(at).prefix(width)
        let length = (isBigEndian ? Array(number) : number.reversed()).reduce(0) { $0 * 256 + Int($1) } + add
        let least = max(begin.count, at + width, kind == nil ? 1 : from + 1) + checksumWidth
        guard (least...longest).contains(length) else {
          index += 1
          continue
        }
        guard rest.count >= length else { break }
        if isGood(rest.prefix(length)) {
          found.append(Array(rest.prefix(length)))
          index += length
        } else {
          index += 1
        }
      }
      return found
    }

    func frame(_ payload: Int, using generator: inout FrameStreams.Generator) -> [UInt8] {
      var frame = start.randomElement(using: &generator) ?? []
      while frame.count < at + width + payload { frame.append(UInt8.random(in: 0...255, using: &generator)) }
      let number = frame.count + checksumWidth - add
      let told = isBigEndian ? [number >> 8, number & 0xFF] : [number & 0xFF, number >> 8]
      for offset in 0..<width { frame[at + offset] = UInt8(told[isBigEndian && width == 1 ? 1 : offset]) }
      if let kind { frame += FrameStreams.checksum(kind, frame.dropFirst(from)) }
      return frame
    }
  }

  static let framings = [
    Framing(start: [[0xA0]], at: 1, isBigEndian: false, width: 1, add: 3, longest: 60, kind: "sum", from: 2),
    Framing(
      start: [[0x4D, 0x3A], [0x4D, 0xFF]], at: 2, isBigEndian: true, width: 2, add: 4, longest: 70, kind: "xor", from: 0
    ),
    Framing(start: [[0xA5], [0x55]], at: 5, isBigEndian: false, width: 2, add: 8, longest: 64, kind: "crc-8", from: 0),
    Framing(
      start: [[0xAA, 0x55]], at: 3, isBigEndian: false, width: 1, add: 4, longest: 80, kind: "crc-8-maxim", from: 0),
    Framing(start: [[0x7B]], at: 1, isBigEndian: false, width: 1, add: 0, longest: 50, kind: "crc-16-modbus", from: 1),
    Framing(
      start: [[0, 0, 0], [1]], at: 3, isBigEndian: false, width: 1, add: 5, longest: 40, kind: "crc-16-ccitt", from: 2),
    Framing(start: [[0xEB]], at: 1, isBigEndian: false, width: 1, add: 0, longest: 40, kind: "sum-7-bit", from: 0),
    Framing(start: [[0x81]], at: 1, isBigEndian: false, width: 1, add: 2, longest: 30, kind: nil, from: 0),
  ]

  @Test(arguments: framings)
  func findsWhatThePlainReadingFinds(framing: Framing) throws {
    let profile = try ChecksumTests.profile(framing.text)
    var generator = FrameStreams.Generator(state: 20_260_314)
    let likely = framing.start.flatMap(\.self) + [0, 1, 4, 8, 16]
    var all = 0
    for _ in 0..<60 {
      var stream: [UInt8] = []
      while stream.count < 300 {
        switch Int.random(in: 0...5, using: &generator) {
        case 0:
          stream += (0..<Int.random(in: 1...30, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
        case 1:
          stream += (0..<Int.random(in: 1...30, using: &generator)).map { _ in
            likely.randomElement(using: &generator) ?? 0
          }
        case 2:
          var broken = framing.frame(.random(in: 1...20, using: &generator), using: &generator)
          broken[Int.random(in: 0..<broken.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
          stream += broken
        case 3: stream += framing.frame(.random(in: 1...20, using: &generator), using: &generator).dropLast(2)
        default: stream += framing.frame(.random(in: 1...20, using: &generator), using: &generator)
        }
      }
      var assembler = FrameAssembler(profile)
      var events: [FrameAssembler.Event] = []
      var index = 0
      while index < stream.count {
        let size = min(.random(in: 0...40, using: &generator), stream.count - index)
        events += assembler.add(Array(stream[index..<(index + size)]), at: Int64(index))
        index += size
      }
      let found = FrameAssemblerTests.frames(events)
      try #require(found == framing.frames(stream))
      all += found.count
      try Self.checkAccount(events, stream, framing, &assembler)
    }
    #expect(all > 300)
  }

  /// Every octet is accounted for once, but that frames may lie inside rejected ones; none is invented.
  static func checkAccount(
    _ events: [FrameAssembler.Event], _ stream: [UInt8], _ framing: Framing, _ assembler: inout FrameAssembler
  ) throws {
    // A break makes it give up what it waits for.
    let all = events + assembler.add([], at: 1_000_000)
    var (position, reported) = (0, 0)
    for event in all {
      switch event {
      case .frame(let octets):
        let start = try #require((position...max(position, reported)).first { stream[$0...].starts(with: octets) })
        position = start + octets.count
      case .rejected(let octets, let error):
        let start = max(position, reported)
        try #require(
          stream[start...].starts(with: octets) && !framing.isGood(octets[...]) && error.reason == .malformed)
        (position, reported) = (start, start + octets.count)
      case .skipped(let count):
        try #require(count > 0)
        position = max(position, reported) + count
      }
    }
    #expect(max(position, reported) == stream.count)
  }

  @Test(arguments: FrameAssemblerTests.families)
  func randomOctetsNeverTrap(family: FrameAssemblerTests.Family) throws {
    var assembler = FrameAssembler(try family.profile())
    var generator = FrameStreams.Generator(state: 1)
    let likely = family.all.flatMap(\.self)
    var (octets, accounted) = (0, 0)
    for time in 0..<2000 {
      let value = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        Bool.random(using: &generator)
          ? UInt8.random(in: 0...255, using: &generator) : likely.randomElement(using: &generator) ?? 0
      }
      octets += value.count
      for event in assembler.add(value, at: Int64(time)) {
        if case .skipped(let count) = event { accounted += count }
      }
    }
    #expect(accounted > 0 && accounted <= octets)
  }

  /// Every octet begins what looks like a frame and is none. Were the work for each as long as the frame, the longer
  /// ones would take 64 times as long, and reports that overlap would be 80 MB.
  @Test(arguments: ["crc-16-modbus", "crc-8", "sum", "xor"])
  func hostileOctetsCostNoMoreThanOthers(kind: String) throws {
    func time(_ length: Int) throws -> Duration {
      var assembler = FrameAssembler(
        try ChecksumTests.profile("{start: A0, length: \(length), checksum: {kind: \(kind), from: 1}}"))
      var reported = 0
      let value = [UInt8](repeating: 0xA0, count: 200)
      let begin = ContinuousClock.now
      for time in 0..<100 {
        for event in assembler.add(value, at: Int64(time)) {
          switch event {
          case .rejected(let octets, _): reported += octets.count
          case .skipped(let count): reported += count
          case .frame: Issue.record("found a frame")
          }
        }
      }
      let passed = ContinuousClock.now - begin
      #expect(reported > 15_000 && reported <= 20_000)
      return passed
    }
    let short = try time(64)
    #expect(try time(4096) < short * 12)
  }
}
