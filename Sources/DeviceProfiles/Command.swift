// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// A write that a profile allows. There is no other way to get one than ``CommandLoader``, which refuses what
/// ``ForbiddenWrites`` names, so whoever has one may send it.
package struct Command: Sendable, Hashable {
  /// What a write is for. There is no purpose for what inflates, wipes, resets or returns secrets.
  package enum Purpose: String, Sendable, CaseIterable {
    /// Begins or ends a stream of values.
    case start, stop
    /// Asks for the value of this moment.
    case live
    /// Asks what is stored.
    case list
    /// Asks for the next stored records.
    case next
    /// Asks for what is stored.
    case read
    /// Asks the device who it is.
    case identify
  }

  package let name: String
  /// 128-bit, lower case.
  package let characteristic: String
  package let bytes: [UInt8]
  package let purpose: Purpose
  /// Whether the device confirms the write.
  package let withResponse: Bool

  fileprivate init(name: String, characteristic: String, bytes: [UInt8], purpose: Purpose, withResponse: Bool) {
    self.name = name
    self.characteristic = characteristic
    self.bytes = bytes
    self.purpose = purpose
    self.withResponse = withResponse
  }
}

/// Reads the writes that a profile allows:
///
///     start-stream:                   # a name of a-z, 0-9 and -
///       to: 0000ff01-0000-1000-8000-00805f9b34fb      # the characteristic
///       bytes: 9B 01 1C
///       purpose: start                # see Command.Purpose
///       response: false               # whether the device confirms the write; without it true
package enum CommandLoader {
  /// The longest value that an attribute can have (Core specification, Vol 3, Part F, 3.2.9).
  private static let longest = 512

  /// - Throws: the first thing wrong, with its place.
  /// - Returns: at least one, by name.
  package static func load(_ node: Node) throws(DocumentError) -> [String: Command] {
    let entries = try node.entries
    guard !entries.isEmpty else { throw node.error("no command stands here, name one or leave 'commands' out") }
    var commands: [String: Command] = [:]
    for entry in entries {
      guard FieldLoader.isKebabCase(entry.key) else {
        throw DocumentError(
          file: node.file, mark: entry.keyMark, path: node.path,
          message: "expected a name of a-z, 0-9 and - between words, found '\(entry.key)'")
      }
      let command = try command(entry.key, entry.value)
      if let same = commands.values.first(where: {
        $0.characteristic == command.characteristic && $0.bytes == command.bytes
      }) {
        throw entry.value.error("writes the same as '\(same.name)', keep one of them")
      }
      let pieces = commands.values.filter { $0.characteristic == command.characteristic }.map(\.bytes) + [command.bytes]
      if let harm = ForbiddenWrites.harm(ofPieces: pieces, to: command.characteristic) {
        throw entry.value.error(
          "no profile may write this to \(BluetoothUUID.short(command.characteristic)) beside its other commands: "
            + "together it \(harm); leave the command out")
      }
      commands[entry.key] = command
    }
    return commands
  }

  private static func command(_ name: String, _ node: Node) throws(DocumentError) -> Command {
    let keys = try node.mapping(required: ["to", "bytes", "purpose"], optional: ["response"])
    let characteristic = try ProfileLoader.uuid(keys.required("to"))
    let bytesNode = try keys.required("bytes")
    let bytes = try FrameLoader.octets(bytesNode)
    guard bytes.count <= longest else { throw bytesNode.error("no value is longer than \(longest) octets") }
    let purpose = try keys.required("purpose").choice(of: Command.Purpose.self)
    if let harm = ForbiddenWrites.harm(of: bytes, to: characteristic) {
      throw bytesNode.error(
        "no profile may write this to \(BluetoothUUID.short(characteristic)): it \(harm); leave the command out")
    }
    return Command(
      name: name, characteristic: characteristic, bytes: bytes, purpose: purpose,
      withResponse: try keys["response"]?.boolean ?? true)
  }
}
