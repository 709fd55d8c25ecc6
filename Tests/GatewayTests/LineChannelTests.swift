// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Testing

@testable import Gateway

@Suite struct LineChannelTests {
  /// What is there to be read now.
  private func drain(_ descriptor: Int32) -> [UInt8] {
    var all: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return all }
      all += chunk.prefix(count)
    }
  }

  @Test func aLineIsWholeOrMissing() throws {
    let (channel, client) = try LineChannel.make()
    defer { close(client) }
    var taken: [Int] = []
    var bytes: [UInt8] = []
    // Not a divisor of any buffer's size: some line will not fit.
    func line(_ number: Int) -> [UInt8] { Array("\(number):".utf8) + [UInt8](repeating: 0x78, count: 40_013) }
    for number in 0..<200 {
      if channel.offer(line(number)) { taken.append(number) }
      if number % 50 == 49 { bytes += drain(client) }
    }
    // The rest of the last line goes before the next one.
    #expect(channel.offer(Array("end".utf8)))
    bytes += drain(client)
    #expect(taken.count < 200, "the socket never was full")
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
    #expect(lines.count == taken.count + 2)
    #expect(zip(taken, lines).allSatisfy { line($0) == $1 })
    #expect(lines.suffix(2) == [Array("end".utf8), []])
  }

  @Test func aClientThatHasGoneIsNoHarm() throws {
    let (channel, client) = try LineChannel.make()
    close(client)
    #expect(!channel.offer(Array("x".utf8)))
    channel.send(Array("x".utf8))
  }
}
