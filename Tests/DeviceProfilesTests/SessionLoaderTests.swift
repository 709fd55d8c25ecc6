// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Testing

@Suite struct SessionLoaderTests {
  static let commands = """
    start-stream: {to: FF01, bytes: 9B 01 1C, purpose: start, response: false}
    next-records: {to: 0000FF01-0000-1000-8000-00805F9B34FB, bytes: 99 01 1A, purpose: next}
    live: {to: 8b00ace7-eb0b-49b0-bbe9-9aee0a26e1a3, bytes: AA17E8000000001B, purpose: live, response: true}
    halt: {to: 49535343-8841-43f4-a8d4-ecbe34729bb3, bytes: F6, purpose: stop}
    """

  static func session(_ text: String) throws -> SessionProfile {
    let commands = try CommandLoader.load(YAML.parse(commands, file: "c.yaml"))
    return try SessionLoader.load(YAML.parse(text, file: "s.yaml"), commands: commands, messages: ["record", "end"])
  }

  @Test func readsCommands() throws {
    let commands = try CommandLoader.load(YAML.parse(Self.commands, file: "c.yaml"))
    #expect(commands.keys.sorted() == ["halt", "live", "next-records", "start-stream"])
    let start = try #require(commands["start-stream"])
    #expect(start.name == "start-stream")
    #expect(start.characteristic == "0000ff01-0000-1000-8000-00805f9b34fb")
    #expect(start.bytes == [0x9B, 0x01, 0x1C])
    #expect(start.purpose == .start)
    #expect(!start.withResponse)
    #expect(commands["next-records"]?.characteristic == start.characteristic)
    #expect(commands["next-records"]?.withResponse == true)
    #expect(commands["live"]?.withResponse == true)
    #expect(commands["live"]?.bytes.count == 8)
    #expect(commands["halt"]?.purpose == .stop)
  }

  @Test(arguments: [
    ("{}", "1:1", "no command stands here, name one or leave 'commands' out"),
    ("[a]", "1:1", "expected a mapping, found a list"),
    (
      "Go: {to: FF01, bytes: 01, purpose: start}", "1:1",
      "expected a name of a-z, 0-9 and - between words, found 'Go'"
    ),
    ("go: {to: FF01, bytes: 01}", "1:5: go", "missing key 'purpose'"),
    (
      "go: {to: FF01, bytes: 01, purpose: start, every: 2}", "1:43: go",
      "unknown key 'every', known: to, bytes, purpose, response"
    ),
    (
      "go: {to: FF0, bytes: 01, purpose: start}", "1:10: go.to",
      "expected a UUID of 4 or 8 hexadecimal digits or of 128 bits"
    ),
    (
      "go: {to: FF01, bytes: 1, purpose: start}", "1:23: go.bytes", "expected octets in hexadecimal, such as AA 55"
    ),
    (
      "go: {to: FF01, bytes: 01, purpose: reset}", "1:36: go.purpose",
      "expected one of start, stop, live, list, next, read, identify, found 'reset'"
    ),
    (
      "go: {to: FF01, bytes: 01, purpose: start, response: 1}", "1:53: go.response", "expected true or false, found '1'"
    ),
    (
      "go: {to: FF01, bytes: 01 02, purpose: start}\nagain: {to: ff01, bytes: 0102, purpose: live}", "2:8: again",
      "writes the same as 'go', keep one of them"
    ),
    (
      "all: {to: 2A52, bytes: 02 01, purpose: read}", "1:24: all.bytes",
      "no profile may write this to 2A52: it deletes stored records, or is none of report (01), abort (03) and count "
        + "(04); leave the command out"
    ),
  ])
  func commandErrors(text: String, place: String, message: String) {
    do {
      _ = try CommandLoader.load(YAML.parse(text, file: "c.yaml"))
      Issue.record("no error")
    } catch { #expect("\(error)" == "c.yaml:\(place): \(message)") }
  }

  @Test func aCommandHasAtMostTheLengthOfAnAttribute() throws {
    func load(_ count: Int) throws -> [String: Command] {
      let hex = String(repeating: "01", count: count)
      return try CommandLoader.load(YAML.parse("go: {to: FF01, bytes: \(hex), purpose: start}", file: "c.yaml"))
    }
    #expect(try load(512)["go"]?.bytes.count == 512)
    #expect(throws: DocumentError.self) { try load(513) }
  }

  @Test func readsASession() throws {
    let session = try Self.session(
      """
      connection: idle
      idle-seconds: 20
      bonding: none
      start: [start-stream, live]
      poll: {command: live, every: 2}
      next: {after: record, command: next-records}
      clock: {characteristic: 2a08, write: when-off}
      memory: {procedure: racp, characteristic: 2A52, deletes-on-read: true}
      users: 2
      """)
    #expect(session.connection == .idle(seconds: 20))
    #expect(session.bonding == .none)
    #expect(session.start.map(\.name) == ["start-stream", "live"])
    #expect(session.poll?.command.name == "live")
    #expect(session.poll?.seconds == 2)
    #expect(session.next?.message == "record")
    #expect(session.next?.command.name == "next-records")
    #expect(session.clock?.characteristic == "00002a08-0000-1000-8000-00805f9b34fb")
    #expect(session.clock?.write == .whenOff)
    #expect(session.memory?.procedure == .racp(characteristic: "00002a52-0000-1000-8000-00805f9b34fb"))
    #expect(session.memory?.deletesOnRead == true)
    #expect(session.users == 2)
  }

  @Test func whatIsLeftOutHasItsUsualValue() throws {
    #expect(try Self.session("{}") == .usual)
    #expect(try Self.session("connection: idle").connection == .idle(seconds: 15))
    #expect(try Self.session("connection: advertising").connection == .advertising)
    let memory = try #require(try Self.session("memory: {procedure: none, deletes-on-read: true}").memory)
    #expect(memory.procedure == .none)
    #expect(memory.deletesOnRead)
    #expect(try Self.session("memory: {procedure: none}").memory?.deletesOnRead == false)
    #expect(try Self.session("next: {after: end, command: halt}").next?.command.purpose == .stop)
  }

  static let known = "known: halt, live, next-records, start-stream"

  @Test(arguments: [
    (
      "stop: [halt]", "1:1",
      "unknown key 'stop', known: connection, idle-seconds, bonding, start, poll, next, clock, memory, users"
    ),
    ("connection: always", "1:13: connection", "expected one of stay, advertising, idle, found 'always'"),
    (
      "idle-seconds: 5", "1:15: idle-seconds", "'idle-seconds' belongs to 'connection: idle', here it is stay"
    ),
    ("{connection: idle, idle-seconds: 0}", "1:34: idle-seconds", "0 is outside 1 to 3600"),
    ("bonding: maybe", "1:10: bonding", "expected one of required, none, found 'maybe'"),
    ("start: []", "1:8: start", "the list is empty, name a command or leave 'start' out"),
    ("start: [go]", "1:9: start[0]", "no command of this profile is named 'go', \(known)"),
    ("start: [live, live]", "1:15: start[1]", "'live' stands here twice, keep one of them"),
    ("start: [halt]", "1:9: start[0]", "'halt' has the purpose stop, name another one"),
    ("poll: {command: live}", "1:7: poll", "missing key 'every'"),
    ("poll: {command: live, every: 0}", "1:30: poll.every", "0 is outside 1 to 3600"),
    ("poll: {command: halt, every: 1}", "1:17: poll.command", "'halt' has the purpose stop, name another one"),
    (
      "next: {after: wave, command: live}", "1:15: next.after",
      "no message of this profile is named 'wave', known: end, record"
    ),
    ("next: {after: end, command: x}", "1:29: next.command", "no command of this profile is named 'x', \(known)"),
    ("clock: {characteristic: 2A08}", "1:8: clock", "missing key 'write'"),
    (
      "clock: {characteristic: FFF2, write: always}", "1:25: clock.characteristic",
      "only 2A08 and 2A2B are clocks that we know how to set"
    ),
    (
      "clock: {characteristic: 2A08, write: once}", "1:38: clock.write",
      "expected one of never, when-off, always, found 'once'"
    ),
    ("memory: {procedure: racp}", "1:9: memory", "missing key 'characteristic'"),
    ("memory: {procedure: all}", "1:21: memory.procedure", "expected one of racp, none, found 'all'"),
    (
      "memory: {procedure: none, characteristic: 2A52}", "1:43: memory.characteristic",
      "nothing is written with 'procedure: none', leave the characteristic out"
    ),
    (
      "memory: {procedure: racp, characteristic: x}", "1:43: memory.characteristic",
      "expected a UUID of 4 or 8 hexadecimal digits or of 128 bits"
    ),
    (
      "memory: {procedure: racp, characteristic: 2A39}", "1:43: memory.characteristic",
      "the Record Access Control Point is 2A52, for others there are commands"
    ),
    ("users: 0", "1:8: users", "0 is outside 1 to 255"),
  ])
  func sessionErrors(text: String, place: String, message: String) {
    do {
      _ = try Self.session(text)
      Issue.record("no error")
    } catch { #expect("\(error)" == "s.yaml:\(place): \(message)") }
  }
}
