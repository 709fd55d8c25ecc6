// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Testing

@Suite struct FrameLoaderTests {
  @Test func readsAll() throws {
    let profile = try ChecksumTests.profile(
      """
      starts: [4D FF, 4d3a]
      length: {at: 2, type: uint16be, add: 4}
      longest: 4096
      checksum: {kind: crc-16-ccitt, from: 1, until: 3, order: big}
      """)
    #expect(profile.start == .octets([[0x4D, 0xFF], [0x4D, 0x3A]]))
    #expect(profile.length == .told(at: 2, width: 2, isBigEndian: true, add: 4))
    #expect(profile.longest == 4096)
    let checksum = try #require(profile.checksum)
    #expect(checksum.kind == .crc16CCITT)
    #expect((checksum.from, checksum.until, checksum.add) == (1, 3, 0))
    #expect(checksum.isBigEndian)
  }

  @Test func whatIsLeftOutHasItsUsualValue() throws {
    let told = try ChecksumTests.profile(
      "{start: AA 55, length: {at: 3, type: uint8}, checksum: {kind: crc-16-modbus}}")
    #expect(told.start == .octets([[0xAA, 0x55]]))
    #expect(told.length == .told(at: 3, width: 1, isBigEndian: false, add: 0))
    #expect(told.longest == 512)
    let checksum = try #require(told.checksum)
    #expect((checksum.from, checksum.until, checksum.isBigEndian) == (0, 2, false))
    let fixed = try ChecksumTests.profile("{start-bit: 7, length: 600}")
    #expect(fixed.start == .bit(7))
    #expect(fixed.length == .fixed(600))
    #expect(fixed.longest == 600)
    #expect(fixed.checksum == nil)
  }

  @Test(arguments: [
    ("{length: 5}", "1:1", "missing: say by 'start', 'starts' or 'start-bit' how a frame begins"),
    ("{start: AA}", "1:1", "missing key 'length'"),
    (
      "{start: AA, length: 5, end: 7D}", "1:24",
      "unknown key 'end', known: length, start, starts, start-bit, longest, checksum"
    ),
    (
      "{start: AA, start-bit: 7, length: 5}", "1:24: start-bit",
      "'start-bit' does not go with 'start', keep one of them"
    ),
    ("{starts: [AA, 55], start: AA, length: 5}", "1:10: starts", "'starts' does not go with 'start', keep one of them"),
    ("{start: AA 5, length: 5}", "1:9: start", "expected octets in hexadecimal, such as AA 55"),
    ("{start: \"\", length: 5}", "1:9: start", "expected octets in hexadecimal, such as AA 55"),
    ("{start: 0xAA, length: 5}", "1:9: start", "expected octets in hexadecimal, such as AA 55"),
    ("{start: ４４, length: 5}", "1:9: start", "expected octets in hexadecimal, such as AA 55"),
    ("{start: [AA], length: 5}", "1:9: start", "expected text, found a list"),
    ("{starts: [AA], length: 5}", "1:10: starts", "expected two beginnings or more; for one there is 'start'"),
    ("{starts: [AA, BB, aa], length: 5}", "1:19: starts[2]", "AA stands here twice, keep one of them"),
    (
      "{starts: [AA 55, AA], length: 5}", "1:18: starts[1]",
      "AA and AA 55: one is the beginning of the other, keep one of them"
    ),
    ("{start-bit: 8, length: 5}", "1:13: start-bit", "8 is outside 0 to 7"),
    ("{start: AA, length: 0}", "1:21: length", "0 is outside 1 to 4096"),
    ("{start: AA, length: 4097}", "1:21: length", "4097 is outside 1 to 4096"),
    ("{start: AA, length: 5, longest: 9}", "1:33: longest", "a fixed length needs no 'longest', leave it out"),
    ("{start: AA, length: {at: 1, type: uint8}, longest: 4097}", "1:52: longest", "4097 is outside 1 to 4096"),
    ("{start: AA, length: {at: 1}}", "1:21: length", "missing key 'type'"),
    (
      "{start: AA, length: {at: 1, type: uint32}}", "1:35: length.type",
      "expected one of uint8, uint16, uint16be, found 'uint32'"
    ),
    (
      "{start: AA, length: {at: 1, type: uint8, add: 513}}", "1:47: length.add",
      "with 513 added no uint8 gives a length from 1 to 512, the longest frame"
    ),
    (
      "{start: AA, length: {at: 1, type: uint8, add: -255}}", "1:47: length.add",
      "with -255 added no uint8 gives a length from 1 to 512, the longest frame"
    ),
    (
      "{start: AA, length: {at: 511, type: uint16}}", "1:21: length",
      "the length stands at 511, outside of the longest frame of 512 octets"
    ),
    (
      "{start: AA BB CC, length: 2}", "1:27: length",
      "a frame of at most 2 octets does not hold its beginning and its length, 3"
    ),
    (
      "{start: AA, length: {at: 9, type: uint8, add: -246}}", "1:21: length",
      "a frame of at most 9 octets does not hold its beginning and its length, 10"
    ),
    ("{start: AA, length: 5, checksum: {from: 1}}", "1:34: checksum", "missing key 'kind'"),
    (
      "{start: AA, length: 5, checksum: {kind: crc-32}}", "1:41: checksum.kind",
      "expected one of sum, sum-7-bit, xor, crc-8, crc-8-maxim, crc-16-modbus, crc-16-ccitt, found 'crc-32'"
    ),
    (
      "{start: AA, length: 5, checksum: {kind: crc-16-ccitt, until: 1}}", "1:62: checksum.until",
      "crc-16-ccitt takes 2 octets and would end after the frame, 'until' is at least 2"
    ),
    (
      "{start: AA, length: 5, checksum: {kind: xor, add: 1}}", "1:51: checksum.add",
      "only to a sum something is added, not to xor"
    ),
    (
      "{start: AA, length: 5, checksum: {kind: sum, order: big}}", "1:53: checksum.order",
      "sum is one octet, it has no order"
    ),
    (
      "{start: AA, length: 5, checksum: {kind: sum, from: 4}}", "1:34: checksum",
      "a frame of at most 5 octets does not hold what the checksum counts and the checksum behind it, 6"
    ),
    (
      "{start: AA 55, length: 2, checksum: {kind: sum}}", "1:37: checksum",
      "a frame of at most 2 octets does not hold what the checksum counts and the checksum behind it, 3"
    ),
  ])
  func saysWhatIsWrongAndWhere(text: String, place: String, message: String) {
    do {
      _ = try ChecksumTests.profile(text)
      Issue.record("no error")
    } catch { #expect("\(error)" == "f.yaml:\(place): \(message)") }
  }
}
