// SPDX-License-Identifier: GPL-3.0-or-later
import MQTT
import Synchronization
import Testing

@testable import Gateway

@Suite struct ClinicInboxTests {
  private final class Box: Sendable {
    private let topics = Mutex<[String]>([])
    func add(_ topic: String) { topics.withLock { $0.append(topic) } }
    var all: [String] { topics.withLock { $0 } }
  }

  @Test func eachTopicGoesToWhoTakesIt() {
    let (commands, receipts) = (Box(), Box())
    var inbox = ClinicInbox(root: "vigil/v1/c/g/")
    inbox.add("down/command/+") { commands.add($0.topic) }
    inbox.add("down/receipt") { receipts.add($0.topic) }
    #expect(inbox.filters == ["vigil/v1/c/g/down/command/+", "vigil/v1/c/g/down/receipt"])
    let taken = [
      "vigil/v1/c/g/down/command/pause", "vigil/v1/c/g/down/receipt", "vigil/v1/c/g/down/command/a/b",
      "vigil/v1/c/g/down/receipts", "vigil/v1/c/g/down/command", "vigil/v1/c/other/down/receipt", "",
    ].map { inbox.take(Message(topic: $0, payload: [], retained: false)) }
    #expect(taken == [true, true, false, false, false, false, false])
    #expect(commands.all == ["vigil/v1/c/g/down/command/pause"])
    #expect(receipts.all == ["vigil/v1/c/g/down/receipt"])
  }
}
