// SPDX-License-Identifier: GPL-3.0-or-later

/// Finds the frames in the values of one device's octet stream, wherever the values begin and end. Pure: the time is
/// handed in.
///
/// What it does not know to be a frame it passes over, one octet at a time. It keeps at most two frames' octets between
/// two values, and its work is linear in the octets that arrive, whatever they are.
package struct FrameAssembler: Sendable {
  package enum Event: Sendable, Hashable {
    /// A whole frame, its checksum verified.
    case frame([UInt8])
    /// What began like a frame and had its length, but not its checksum. A frame that begins inside it may still
    /// follow; what begins inside it and fails as well is not reported again.
    case rejected([UInt8], DecodeError)
    /// So many octets belong to nothing. They are passed over.
    case skipped(Int)
  }

  /// After this long without an octet, in milliseconds, the rest of a frame is not expected any more.
  package static let breakMs: Int64 = 5000

  private let profile: FrameProfile
  private let running: RunningChecksum?
  /// What has arrived and is not forgotten yet.
  private var octets: [UInt8] = []
  /// With a checksum: its state before each of the octets, and after the last.
  private var states: [UInt16] = [0]
  /// Where the search stands: all before it has been dealt with.
  private var head = 0
  /// Octets before this have been reported as rejected.
  private var reported = 0
  /// Between the head and this no octet has the start bit.
  private var clean = 0
  private var skipped = 0
  private var lastMs: Int64?

  package init(_ profile: FrameProfile) {
    self.profile = profile
    running = profile.checksum.map(RunningChecksum.init)
  }

  /// - Parameters:
  ///   - bytes: the next value of the stream.
  ///   - monotonicMs: when it arrived.
  /// - Returns: what is certain now, in the order of the stream.
  package mutating func add(_ bytes: [UInt8], at monotonicMs: Int64) -> [Event] {
    var events: [Event] = []
    if let lastMs, Self.isBreak(from: lastMs, to: monotonicMs) {
      skip(octets.count - head)
      flush(into: &events)
    }
    lastMs = monotonicMs
    octets.append(contentsOf: bytes)
    if let running {
      var state = states.last ?? 0
      for octet in bytes {
        state = running.next(state, octet: octet)
        states.append(state)
      }
    }
    search: while head < octets.count {
      switch candidate() {
      case .nothing(let count): skip(count)
      case .incomplete: break search
      case .complete(let length): take(length, into: &events)
      }
    }
    flush(into: &events)
    forget()
    return events
  }

  private static func isBreak(from last: Int64, to now: Int64) -> Bool {
    let (passed, overflow) = now.subtractingReportingOverflow(last)
    return overflow || passed >= breakMs
  }

  // MARK: what stands at the head

  private enum Candidate {
    /// No frame begins in the next octets, of which there is at least one.
    case nothing(Int)
    /// What is there may become a frame.
    case incomplete
    case complete(length: Int)
  }

  private mutating func candidate() -> Candidate {
    let left = octets.count - head
    var least = profile.shortest(start: 1)
    switch profile.start {
    case .octets(let starts):
      guard let start = starts.first(where: { octets[head...].starts(with: $0.prefix(left)) }) else {
        return .nothing(1)
      }
      guard left >= start.count else { return .incomplete }
      least = profile.shortest(start: start.count)
    case .bit(let bit):
      guard hasBit(bit, at: head) else { return .nothing(1) }
    }
    let length = length(left)
    if let length, length < least || length > profile.longest { return .nothing(1) }
    if case .bit(let bit) = profile.start {
      let end = min(octets.count, head + (length ?? least))
      clean = max(clean, head + 1)
      while clean < end {
        if hasBit(bit, at: clean) { return .nothing(clean - head) }
        clean += 1
      }
    }
    guard let length, left >= length else { return .incomplete }
    return .complete(length: length)
  }

  private func hasBit(_ bit: Int, at index: Int) -> Bool { octets[index] >> UInt8(truncatingIfNeeded: bit) & 1 == 1 }

  /// Octets of the frame at the head.
  /// - Returns: nil where the number has not arrived yet.
  private func length(_ left: Int) -> Int? {
    switch profile.length {
    case .fixed(let length): return length
    case .told(let at, let width, let isBigEndian, let add):
      guard left >= at + width else { return nil }
      let number = octets[(head + at)..<(head + at + width)]
      let ordered = isBigEndian ? Array(number) : number.reversed()
      return ordered.reduce(0) { $0 << 8 | Int($1) } + add
    }
  }

  private func isChecked(_ length: Int) -> Bool {
    guard let checksum = profile.checksum, let running else { return true }
    let (from, end) = (head + checksum.from, head + length - checksum.until)
    let value = running.value(before: states[from], after: states[end], count: end - from)
    return octets[end..<(end + checksum.kind.width)].elementsEqual(checksum.octets(of: value))
  }

  // MARK: what becomes of it

  private mutating func take(_ length: Int, into events: inout [Event]) {
    let frame = Array(octets[head..<(head + length)])
    guard isChecked(length) else {
      if head >= reported {
        flush(into: &events)
        let offset = length - (profile.checksum?.until ?? 0)
        let error = DecodeError(.malformed, offset: offset, detail: "the checksum of the frame is wrong")
        events.append(.rejected(frame, error))
        reported = head + length
      }
      head += 1
      return
    }
    flush(into: &events)
    events.append(.frame(frame))
    head += length
  }

  private mutating func skip(_ count: Int) {
    skipped += max(0, head + count - max(head, reported))
    head += count
  }

  private mutating func flush(into events: inout [Event]) {
    if skipped > 0 { events.append(.skipped(skipped)) }
    skipped = 0
  }

  /// Forgets what lies before the head, but only where that is as much as what stays, so that moving it costs no more
  /// than what has arrived.
  private mutating func forget() {
    guard head >= octets.count - head else { return }
    octets.removeFirst(head)
    if running != nil { states.removeFirst(head) }
    reported = max(0, reported - head)
    clean = max(0, clean - head)
    head = 0
  }
}
