// SPDX-License-Identifier: GPL-3.0-or-later
import Testing

@testable import DeviceProfiles

/// Up to which stored record nothing is missing.
@Suite struct RecordTallyTests {
  private func tally(_ last: UInt16?, known: [Int] = [], new: [Int] = []) -> RecordTally {
    var tally = RecordTally(last: last)
    for number in known { _ = tally.take(number, isKnown: true) }
    for number in new { _ = tally.take(number, isKnown: false) }
    return tally
  }

  @Test(
    arguments: [
      (last: UInt16?.none, known: [], new: [3, 1, 2], isKnownStart: false, whole: UInt16?(3)),
      (5, [5], [6, 9, 7], true, 9), (5, [5], [], true, 5), (5, [4, 5], [], true, 5),
      // What is known is not there: overwritten, cleared, or begun again.
      (5, [], [], false, 5), (5, [], [6, 7], false, 7), (5, [4], [], false, 4), (500, [], [1, 2], false, 2),
      // Another one of that number, or a new one of before.
      (5, [5], [5, 6], false, 6), (5, [5], [4], false, 5), (65_534, [65_534], [65_535, 0, 1], false, 65_535),
      // What a question cannot ask for.
      (nil, [], [70_000, -1], false, nil),
    ] as [(last: UInt16?, known: [Int], new: [Int], isKnownStart: Bool, whole: UInt16?)])
  func itKnowsUpToWhereNothingIsMissing(
    last: UInt16?, known: [Int], new: [Int], isKnownStart: Bool, whole: UInt16?
  ) {
    let tally = tally(last, known: known, new: new)
    #expect(tally.isKnownStart == isKnownStart)
    #expect(tally.whole == whole)
  }

  @Test(
    arguments: [
      (number: 4, isKnown: false, contradicts: true), (5, false, true), (6, false, false), (4, true, false),
      (5, true, false), (nil, false, false),
    ] as [(number: Int?, isKnown: Bool, contradicts: Bool)])
  func aNewRecordOfBeforeContradicts(number: Int?, isKnown: Bool, contradicts: Bool) {
    var tally = RecordTally(last: 5)
    let said = tally.take(number, isKnown: isKnown)
    #expect(said == contradicts)
    #expect(tally.last == (contradicts ? nil : 5))
  }

  @Test func whatCouldNotBeKeptStopsIt() {
    var tally = tally(5, known: [5], new: [6, 7])
    tally.miss()
    #expect(tally.whole == 5)
  }

  @Test func newsCountOnce() {
    var tally = tally(5, known: [5])
    var news = [tally.takeNews()]
    _ = tally.take(nil, isKnown: false)
    news += [tally.takeNews(), tally.takeNews()]
    #expect(news == [false, true, false])
  }

  /// A device with any memory and order, that is cleared, begins its numbers again or leaves some out, and whose
  /// transfers break off anywhere: after one that does not, all that it has is here.
  @Test func whateverADeviceDoesNothingIsSkipped() {
    var random = Xorshift()
    for round in 0..<5000 {
      var memory: [Record] = []
      var here: Set<Record> = []
      var last: UInt16?
      var serial = 0
      // Close to the wrap, or at the beginning.
      var next = UInt16.random(in: 0...8, using: &random) &- 4
      for connection in 0..<8 {
        if Int.random(in: 0..<8, using: &random) == 0 { memory = [] }
        // One that begins again and in doing so leaves out just the number that was last is not told from one that does not.
        if round % 2 == 0, Int.random(in: 0..<6, using: &random) == 0 { next = .random(in: 0...3, using: &random) }
        for _ in 0..<Int.random(in: 0...4, using: &random) {
          memory.append(Record(number: next, serial: serial))
          serial += 1
          next &+= round % 2 == 1 && Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1
        }
        var limit = connection == 7 ? Int.max : Int.random(in: 0...12, using: &random)
        transfer(memory, &here, &last, limit: &limit, isShuffled: round % 3 == 0, using: &random)
      }
      #expect(here.isSuperset(of: memory), "round \(round): \(memory.filter { !here.contains($0) }) of \(memory)")
    }
  }

  private struct Record: Hashable {
    let number: UInt16
    let serial: Int
  }

  /// One connection that ends after so many records.
  private func transfer(
    _ memory: [Record], _ here: inout Set<Record>, _ last: inout UInt16?, limit: inout Int, isShuffled: Bool,
    using random: inout Xorshift
  ) {
    var access = RecordAccess(characteristic: "")
    var tally = RecordTally(last: last)
    var todo = access.begin(after: last, at: 0)
    while let action = todo.first {
      todo.removeFirst()
      switch action {
      case .write(let write):
        var found: [Record] = []
        switch write.bytes.prefix(2) {
        case [1, 1]: found = memory
        case [1, 3]: found = memory.filter { $0.number >= UInt16(write.bytes[3]) | UInt16(write.bytes[4]) << 8 }
        case [1, 6]: found = memory.suffix(1)
        default: Issue.record("\(write.bytes)")
        }
        if isShuffled { found.shuffle(using: &random) }
        for record in found {
          guard limit > 0 else { return }
          limit -= 1
          if tally.take(Int(record.number), isKnown: !here.insert(record).inserted) { last = nil }
        }
        todo += access.answered([6, 0, 1, found.isEmpty ? 6 : 1], at: 1)
      case .weighRecords:
        todo += access.weighed(isKnownStart: tally.isKnownStart, hasNew: tally.takeNews(), at: 1)
      case .recordsAreWhole: last = tally.whole
      default: break
      }
    }
  }
}
