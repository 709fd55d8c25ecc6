// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import DeviceProfiles

/// Stored records, asked for octet by octet.
@Suite struct RecordAccessTests {
  private static let control = "00002a52-0000-1000-8000-00805f9b34fb"
  private static let sinceL: [UInt8] = [0x01, 0x03, 0x01, 0x10, 0x01]
  private static let latest: [UInt8] = [0x01, 0x06]
  private static let all: [UInt8] = [0x01, 0x01]
  private static let abort: [UInt8] = [0x03, 0x00]
  private static let success: [UInt8] = [0x06, 0x00, 0x01, 0x01]

  /// One that knows records up to 0x0110, and has just asked.
  private func asked() -> RecordAccess {
    var access = RecordAccess(characteristic: Self.control)
    #expect(written(access.begin(after: 0x0110, at: 0)) == [Self.sinceL])
    return access
  }

  private func written(_ actions: [DeviceSession.Action]) -> [[UInt8]] {
    actions.compactMap { action in
      guard case .write(let write) = action else { return nil }
      #expect(write.characteristic == Self.control && write.withResponse)
      return write.bytes
    }
  }

  private func isWhole(_ actions: [DeviceSession.Action]) -> Bool { actions.contains(.recordsAreWhole) }

  @Test func withoutAKnownRecordAllAreAskedFor() {
    var access = RecordAccess(characteristic: Self.control)
    #expect(!access.isBusy)
    #expect(written(access.begin(after: nil, at: 0)) == [Self.all])
    #expect(access.isBusy)
    #expect(isWhole(access.answered(Self.success, at: 10)))
    #expect(!access.isBusy && access.due == nil)
  }

  @Test(arguments: [UInt16(0), 255, 256, .max]) func theNumberIsLittleEndian(last: UInt16) {
    var access = RecordAccess(characteristic: Self.control)
    let bytes = written(access.begin(after: last, at: 0)).first ?? []
    #expect(bytes == [1, 3, 1, UInt8(last % 256), UInt8(last / 256)])
  }

  @Test func whatIsNewIsAskedForAndThenTheLatest() {
    var access = asked()
    #expect(access.answered(Self.success, at: 10) == [.weighRecords])
    #expect(access.due == nil, "whoever weighs it answers at once")
    #expect(written(access.weighed(isKnownStart: true, hasNew: true, at: 20)) == [Self.latest])
    #expect(access.answered(Self.success, at: 30) == [.weighRecords])
    #expect(isWhole(access.weighed(isKnownStart: true, hasNew: false, at: 40)))
    #expect(!access.isBusy)
  }

  /// The record that is known is not there, or there is another one of its number: the counter has begun again.
  @Test func anotherBeginningIsACounterThatHasBegunAgain() {
    var access = asked()
    _ = access.answered(Self.success, at: 10)
    #expect(written(access.weighed(isKnownStart: false, hasNew: true, at: 20)) == [Self.all])
    #expect(isWhole(access.answered(Self.success, at: 30)))
  }

  /// The latest has a lower number than what was asked for: 0 after 65535.
  @Test func aLatestRecordThatIsNewShowsAWrappedCounter() {
    var access = asked()
    _ = access.answered(Self.success, at: 10)
    _ = access.weighed(isKnownStart: true, hasNew: true, at: 20)
    _ = access.answered(Self.success, at: 30)
    #expect(written(access.weighed(isKnownStart: true, hasNew: true, at: 40)) == [Self.all])
  }

  /// No records found, and each of the ways not to understand the question; busy too.
  @Test(arguments: [UInt8(0), 2, 3, 4, 5, 6, 7, 8, 9, 255]) func whatHasNoAnswerIsAskedForInFull(code: UInt8) {
    var access = asked()
    #expect(written(access.answered([0x06, 0x00, 0x01, code], at: 10)) == [Self.all])

    var second = asked()
    _ = second.answered(Self.success, at: 10)
    _ = second.weighed(isKnownStart: true, hasNew: false, at: 20)
    #expect(written(second.answered([0x06, 0x00, 0x01, code], at: 30)) == [Self.all])
    let end = second.answered([0x06, 0x00, 0x01, code], at: 40)
    #expect(isWhole(end) == (code == 6), "and nothing after all of them")
    #expect(written(end).isEmpty && !second.isBusy)
  }

  @Test func silenceIsAborted() {
    var access = RecordAccess(characteristic: Self.control)
    _ = access.begin(after: nil, at: 0)
    access.heard(at: 4000)
    #expect(access.due == 14_000)
    #expect(access.timePassed(to: 13_999).isEmpty)
    #expect(written(access.timePassed(to: 14_000)) == [Self.abort])
    #expect(access.isBusy)
    #expect(!isWhole(access.answered([0x06, 0x00, 0x03, 0x01], at: 14_100)) && !access.isBusy)
    #expect(!access.isBusy)
  }

  @Test func silenceAfterTheAbortIsTheEnd() {
    var access = RecordAccess(characteristic: Self.control)
    _ = access.begin(after: nil, at: 0)
    _ = access.timePassed(to: 10_000)
    #expect(access.due == 20_000)
    let end = access.timePassed(to: 20_000)
    #expect(!isWhole(end) && written(end).isEmpty)
    #expect(access.due == nil && access.timePassed(to: 90_000).isEmpty)
  }

  /// A device that does not know the question, and does not say so.
  @Test func oneThatIsSilentAboutNewRecordsIsAskedForAll() {
    var access = asked()
    #expect(written(access.timePassed(to: 10_000)) == [Self.abort])
    #expect(written(access.timePassed(to: 20_000)) == [Self.all])
    #expect(written(access.timePassed(to: 30_000)) == [Self.abort])
    #expect(!isWhole(access.timePassed(to: 40_000)) && !access.isBusy)
  }

  /// What was asked for before a restart of the daemon may still be going on.
  @Test func whatIsRefusedIsAbortedOnce() {
    var access = asked()
    #expect(written(access.refused(at: 10)) == [Self.abort])
    #expect(written(access.answered([0x06, 0x00, 0x03, 0x01], at: 20)) == [Self.all])
    #expect(!isWhole(access.refused(at: 30)) && !access.isBusy)
    #expect(access.refused(at: 40).isEmpty)
  }

  @Test func anAbortThatIsRefusedTooEndsInAQuestionForAll() {
    var access = asked()
    _ = access.refused(at: 10)
    #expect(written(access.refused(at: 20)) == [Self.all])
    #expect(!isWhole(access.refused(at: 30)) && !access.isBusy)
  }

  @Test(
    arguments: [
      [], [0x06], [0x06, 0x00, 0x01], [0x06, 0x00, 0x01, 0x01, 0x00], [0x06, 0x00, 0x04, 0x01],
      [0x06, 0x01, 0x01, 0x01],
      [0x05, 0x00, 0x01, 0x01],
    ] as [[UInt8]])
  func whatIsNoAnswerSaysNothing(bytes: [UInt8]) {
    var access = asked()
    #expect(access.answered(bytes, at: 10).isEmpty)
    #expect(access.isBusy)
  }

  /// Whatever a device says, in whatever order: nothing is written but what reports, counts and aborts; there are few
  /// questions in one connection, and it ends.
  @Test func noDeviceCanMakeItDeleteOrGoOnForEver() {
    var random = Xorshift()
    for _ in 0..<1000 {
      var access = RecordAccess(characteristic: Self.control)
      var now: Int64 = 0
      var writes = written(
        access.begin(after: Bool.random(using: &random) ? .random(in: 0 ... .max, using: &random) : nil, at: 0))
      for _ in 0..<40 {
        now += .random(in: 1...9000, using: &random)
        let actions: [DeviceSession.Action]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: actions = access.refused(at: now)
        case 1:
          actions = access.weighed(isKnownStart: .random(using: &random), hasNew: .random(using: &random), at: now)
        case 2:
          now += 10_000
          actions = access.timePassed(to: now)
        case 3:
          actions = access.answered(
            [0x06, 0x00, .random(in: 0...4, using: &random), .random(in: 0...9, using: &random)], at: now)
        default:
          actions = access.answered(
            (0..<Int.random(in: 0...6, using: &random)).map { _ in .random(in: 0...9, using: &random) }, at: now)
        }
        writes += written(actions)
      }
      while let due = access.due { writes += written(access.timePassed(to: due)) }
      #expect(writes.allSatisfy { ForbiddenWrites.harm(of: $0, to: Self.control) == nil }, "\(writes)")
      #expect(writes.count <= 7, "\(writes)")
    }
  }
}

/// The same numbers in each run.
struct Xorshift: RandomNumberGenerator {
  var state: UInt64 = 0x9E37_79B9_7F4A_7C15
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
