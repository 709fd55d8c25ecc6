// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// A device that belongs to this box.
package struct EnrolledDevice: Sendable, Equatable {
  /// `d-2`
  package let id: String
  package let address: DeviceAddress
  package let model: String
  /// Ids of the profiles that its services matched.
  package let profiles: [String]
  package let resident: ResidentID
  package let link: LinkSecurity

  package init(
    id: String, address: DeviceAddress, model: String, profiles: [String], resident: ResidentID, link: LinkSecurity
  ) {
    self.id = id
    self.address = address
    self.model = model
    self.profiles = profiles
    self.resident = resident
    self.link = link
  }

  package var reference: DeviceReference { DeviceReference(id: id, model: model, address: address) }
}

/// The enrolled devices; inside the transactions of ``Journal``.
struct DeviceRegistry {
  let connection: Connection

  func all() throws -> [EnrolledDevice] {
    var devices: [EnrolledDevice] = []
    try connection.statement(
      "SELECT id, address, model, profiles, resident, link FROM device WHERE forgotten = 0 ORDER BY id"
    ).query { row in
      guard let number = row.integer(0), let address = row.text(1).flatMap(DeviceAddress.init),
        let resident = row.text(4).flatMap(ResidentID.init), let link = row.text(5).flatMap(LinkSecurity.init)
      else { throw JournalError.damaged("an enrolled device cannot be read") }
      devices.append(
        EnrolledDevice(
          id: "d-\(number)", address: address, model: row.text(2) ?? "",
          profiles: (row.text(3) ?? "").split(separator: " ").map(String.init), resident: resident, link: link))
    }
    return devices
  }

  func add(
    address: DeviceAddress, model: String, profiles: [String], resident: ResidentID, link: LinkSecurity,
    atWallMs: Int64?
  ) throws -> EnrolledDevice {
    if let existing = try all().first(where: { $0.address == address }) {
      throw JournalError.alreadyEnrolled(existing.id)
    }
    try connection.statement(
      "INSERT INTO device(address, model, profiles, resident, link, enrolled_ms) VALUES(?,?,?,?,?,?)"
    ).run(
      .text(address.description), .text(model), .text(profiles.joined(separator: " ")),
      .text(resident.description), .text(link.rawValue), Value(atWallMs))
    return EnrolledDevice(
      id: "d-\(connection.lastInsertRowID)", address: address, model: model, profiles: profiles, resident: resident,
      link: link)
  }

  func forget(_ device: EnrolledDevice) throws {
    guard let number = Int64(device.id.dropFirst(2)) else { return }
    try connection.statement("UPDATE device SET forgotten = 1 WHERE id = ?").run(.integer(number))
  }
}
