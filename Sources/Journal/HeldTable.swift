// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// A value as it came, whose age is being found out.
package struct HeldValue: Sendable, Hashable {
  package let address: DeviceAddress
  /// 128-bit, lower case.
  package let characteristic: String
  package let received: Moment
  package let bytes: [UInt8]

  package init(address: DeviceAddress, characteristic: String, received: Moment, bytes: [UInt8]) {
    self.address = address
    self.characteristic = characteristic
    self.received = received
    self.bytes = bytes
  }
}

/// The values that are held; inside the transactions of ``Journal``.
struct HeldTable {
  let connection: Connection

  func insert(_ value: HeldValue, boot: Int64) throws {
    try connection.statement(
      """
      INSERT INTO held(address, characteristic, boot, monotonic_ms, wall_ms, synchronized, bytes) VALUES(?,?,?,?,?,?,?)
      """
    ).run(
      .text(value.address.description), .text(value.characteristic), .integer(boot),
      .integer(value.received.monotonicMs), Value(value.received.wallMs), Value(value.received.synchronized),
      .blob(value.bytes))
  }

  /// The moments of receipt of a boot differ.
  func delete(_ value: HeldValue, boot: Int64) throws {
    try connection.statement("DELETE FROM held WHERE boot = ? AND monotonic_ms = ? AND address = ?").run(
      .integer(boot), .integer(value.received.monotonicMs), .text(value.address.description))
  }

  /// In the order of their coming. What cannot be read is left out.
  func all() throws -> [HeldValue] {
    var found: [HeldValue] = []
    try connection.statement(
      """
      SELECT h.address, h.characteristic, b.uuid, h.monotonic_ms, h.wall_ms, h.synchronized, h.bytes
      FROM held h JOIN boot b ON b.id = h.boot ORDER BY h.id
      """
    ).query { row in
      guard let address = row.text(0).flatMap(DeviceAddress.init), let characteristic = row.text(1),
        let boot = row.text(2), let monotonicMs = row.integer(3), let bytes = row.blob(6)
      else { return }
      found.append(
        HeldValue(
          address: address, characteristic: characteristic,
          received: Moment(
            bootID: boot, monotonicMs: monotonicMs, wallMs: row.integer(4), synchronized: row.integer(5) == 1),
          bytes: bytes))
    }
    return found
  }
}

extension Journal.Writer {
  /// Keeps a value until its age is known.
  package func hold(_ value: HeldValue) throws {
    try HeldTable(connection: journal.connection).insert(
      value, boot: try journal.readings.boot(value.received.bootID))
  }

  /// What has become of a value stands in the same transaction.
  package func release(_ value: HeldValue) throws {
    try HeldTable(connection: journal.connection).delete(
      value, boot: try journal.readings.boot(value.received.bootID))
  }
}

extension Journal {
  /// The values that were still held when the daemon ended.
  package func heldValues() throws -> [HeldValue] { try HeldTable(connection: connection).all() }
}
