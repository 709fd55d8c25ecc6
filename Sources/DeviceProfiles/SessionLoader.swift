// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Reads how to live with a device; each key may be left out:
///
///     connection: stay                # stay, advertising, idle; see SessionProfile
///     idle-seconds: 15                # with idle only; without it 15
///     bonding: required               # or none
///     start: [start-stream]           # names of commands, in this order
///     poll: {command: live, every: 2} # seconds
///     next: {after: record, command: next-records}    # after each message of that name
///     clock: {characteristic: 2A08, write: when-off}  # 2A08 or 2A2B; never, when-off, always
///     memory: {procedure: racp, characteristic: 2A52, deletes-on-read: false}    # racp, or none without characteristic
///     users: 2
package enum SessionLoader {
  private enum Connection: String, CaseIterable { case stay, advertising, idle }
  private enum Procedure: String, CaseIterable { case racp, none }

  private static let usualIdleSeconds = 15
  private static let clocks = ["2A08", "2A2B"]
  private static let recordAccess = "2A52"

  /// - Parameters:
  ///   - commands: those of the profile.
  ///   - messages: the names of the profile's messages.
  /// - Throws: the first thing wrong, with its place.
  package static func load(
    _ node: Node, commands: [String: Command], messages: Set<String>
  ) throws(DocumentError) -> SessionProfile {
    let keys = try node.mapping(optional: [
      "connection", "idle-seconds", "bonding", "start", "poll", "next", "clock", "memory", "users",
    ])
    return SessionProfile(
      connection: try connection(keys),
      bonding: try keys["bonding"]?.choice(of: SessionProfile.Bonding.self) ?? .required,
      start: try keys["start"].map { (node) throws(DocumentError) in try start(node, commands) } ?? [],
      poll: try keys["poll"].map { (node) throws(DocumentError) in try poll(node, commands) },
      next: try keys["next"].map { (node) throws(DocumentError) in try next(node, commands, messages) },
      clock: try keys["clock"].map(clock), memory: try keys["memory"].map(memory),
      users: try keys["users"]?.integer(in: 1...255))
  }

  private static func connection(_ keys: Node.Fields) throws(DocumentError) -> SessionProfile.Connection {
    let connection = try keys["connection"]?.choice(of: Connection.self) ?? .stay
    if let seconds = keys["idle-seconds"], connection != .idle {
      throw seconds.error("'idle-seconds' belongs to 'connection: idle', here it is \(connection.rawValue)")
    }
    switch connection {
    case .stay: return .stay
    case .advertising: return .advertising
    case .idle: return .idle(seconds: try keys["idle-seconds"]?.integer(in: 1...3600) ?? usualIdleSeconds)
    }
  }

  // MARK: commands

  private static func start(_ node: Node, _ commands: [String: Command]) throws(DocumentError) -> [Command] {
    let items = try node.sequence
    guard !items.isEmpty else { throw node.error("the list is empty, name a command or leave 'start' out") }
    var found: [Command] = []
    for item in items {
      let command = try running(item, commands)
      guard !found.contains(command) else { throw item.error("'\(command.name)' stands here twice, keep one of them") }
      found.append(command)
    }
    return found
  }

  private static func poll(
    _ node: Node, _ commands: [String: Command]
  ) throws(DocumentError) -> SessionProfile.Poll {
    let keys = try node.mapping(required: ["command", "every"])
    return SessionProfile.Poll(
      command: try running(keys.required("command"), commands),
      seconds: try keys.required("every").integer(in: 1...3600))
  }

  private static func next(
    _ node: Node, _ commands: [String: Command], _ messages: Set<String>
  ) throws(DocumentError) -> SessionProfile.Next {
    let keys = try node.mapping(required: ["after", "command"])
    let after = try keys.required("after")
    let message = try after.string
    guard messages.contains(message) else {
      throw after.error("no message of this profile is named '\(message)', known: \(list(messages))")
    }
    return SessionProfile.Next(message: message, command: try command(keys.required("command"), commands))
  }

  /// A command that keeps the device going.
  private static func running(_ node: Node, _ commands: [String: Command]) throws(DocumentError) -> Command {
    let command = try command(node, commands)
    guard command.purpose != .stop else { throw node.error("'\(command.name)' has the purpose stop, name another one") }
    return command
  }

  private static func command(_ node: Node, _ commands: [String: Command]) throws(DocumentError) -> Command {
    let name = try node.string
    guard let command = commands[name] else {
      throw node.error("no command of this profile is named '\(name)', known: \(list(commands.keys))")
    }
    return command
  }

  private static func list(_ names: some Collection<String>) -> String {
    names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
  }

  // MARK: clock and memory

  private static func clock(_ node: Node) throws(DocumentError) -> ClockPolicy {
    let keys = try node.mapping(required: ["characteristic", "write"])
    let characteristic = try keys.required("characteristic")
    let full = try ProfileLoader.uuid(characteristic)
    guard clocks.contains(BluetoothUUID.short(full)) else {
      throw characteristic.error("only \(clocks.joined(separator: " and ")) are clocks that we know how to set")
    }
    return ClockPolicy(
      characteristic: full, write: try keys.required("write").choice(of: ClockPolicy.Write.self))
  }

  private static func memory(_ node: Node) throws(DocumentError) -> MemoryPolicy {
    let keys = try node.mapping(required: ["procedure"], optional: ["characteristic", "deletes-on-read"])
    let deletesOnRead = try keys["deletes-on-read"]?.boolean ?? false
    switch try keys.required("procedure").choice(of: Procedure.self) {
    case .racp:
      let node = try keys.required("characteristic")
      let characteristic = try ProfileLoader.uuid(node)
      // It is written to without a command, so it can be nothing else.
      guard BluetoothUUID.short(characteristic) == recordAccess else {
        throw node.error("the Record Access Control Point is \(recordAccess), for others there are commands")
      }
      return MemoryPolicy(procedure: .racp(characteristic: characteristic), deletesOnRead: deletesOnRead)
    case .none:
      if let extra = keys["characteristic"] {
        throw extra.error("nothing is written with 'procedure: none', leave the characteristic out")
      }
      return MemoryPolicy(procedure: .none, deletesOnRead: deletesOnRead)
    }
  }
}
