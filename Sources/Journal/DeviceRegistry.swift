// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// What is known of a device when it is enrolled.
package struct NewDevice: Sendable, Equatable {
  package let address: DeviceAddress
  /// Its name from the air, made printable.
  package let model: String
  /// Ids of the profiles that its services matched.
  package let profiles: [String]
  package let resident: ResidentID
  package let link: LinkSecurity
  /// What it calls itself, made printable; nil where it does not say.
  package let serial: String?

  package init(
    address: DeviceAddress, model: String, profiles: [String], resident: ResidentID, link: LinkSecurity,
    serial: String? = nil
  ) {
    self.address = address
    self.model = model
    self.profiles = profiles
    self.resident = resident
    self.link = link
    self.serial = serial
  }
}

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
  package let serial: String?
  /// Whether a technician has confirmed it; until then its readings are `commissioning`.
  package let isConfirmed: Bool
  /// Whose the readings of each of its users are; nil where no user was ever assigned, and all of them are ``resident``'s.
  package let slots: UserSlots?

  package init(
    id: String, address: DeviceAddress, model: String, profiles: [String], resident: ResidentID, link: LinkSecurity,
    serial: String? = nil, isConfirmed: Bool = true, slots: UserSlots? = nil
  ) {
    self.id = id
    self.address = address
    self.model = model
    self.profiles = profiles
    self.resident = resident
    self.link = link
    self.serial = serial
    self.isConfirmed = isConfirmed
    self.slots = slots
  }

  init(_ device: NewDevice, number: Int64, isConfirmed: Bool, slots: UserSlots? = nil) {
    self.init(
      id: "d-\(number)", address: device.address, model: device.model, profiles: device.profiles,
      resident: device.resident, link: device.link, serial: device.serial, isConfirmed: isConfirmed, slots: slots)
  }

  var number: Int64? { Int64(id.dropFirst(2)) }

  package var reference: DeviceReference { DeviceReference(id: id, model: model, address: address) }
  package var purpose: Purpose { isConfirmed ? .care : .commissioning }

  /// Whose a reading is.
  ///
  /// - Parameter user: as the device sent it; nil for none or an unknown one.
  package func resident(of user: Int?) -> ResidentID { slots?.resident(of: user) ?? resident }

  package func serves(_ person: ResidentID) -> Bool {
    resident == person || slots?.residents.values.contains(person) == true
  }
}

/// The enrolled devices and the unwanted bonds; inside the transactions of ``Journal``.
struct DeviceRegistry {
  let connection: Connection

  func all() throws -> [EnrolledDevice] {
    var devices: [EnrolledDevice] = []
    try connection.statement(
      """
      SELECT id, address, model, profiles, resident, link, serial, confirmed, slots FROM device WHERE forgotten = 0
      ORDER BY id
      """
    ).query { row in
      guard let number = row.integer(0), let address = row.text(1).flatMap(DeviceAddress.init),
        let resident = row.text(4).flatMap(ResidentID.init), let link = row.text(5).flatMap(LinkSecurity.init)
      else { throw JournalError.damaged("an enrolled device cannot be read") }
      devices.append(
        EnrolledDevice(
          NewDevice(
            address: address, model: row.text(2) ?? "",
            profiles: (row.text(3) ?? "").split(separator: " ").map(String.init), resident: resident, link: link,
            serial: row.text(6)), number: number, isConfirmed: row.integer(7) == 1,
          slots: row.text(8).map(UserSlots.init(stored:))))
    }
    return devices
  }

  func add(_ device: NewDevice, isConfirmed: Bool, atWallMs: Int64?) throws -> EnrolledDevice {
    if let existing = try all().first(where: { $0.address == device.address }) {
      throw JournalError.alreadyEnrolled(existing.id)
    }
    try connection.statement(
      """
      INSERT INTO device(address, model, profiles, resident, link, enrolled_ms, serial, confirmed)
      VALUES(?,?,?,?,?,?,?,?)
      """
    ).run(
      .text(device.address.description), .text(device.model), .text(device.profiles.joined(separator: " ")),
      .text(device.resident.description), .text(device.link.rawValue), Value(atWallMs), Value(device.serial),
      Value(isConfirmed))
    return EnrolledDevice(device, number: connection.lastInsertRowID, isConfirmed: isConfirmed)
  }

  func confirm(_ device: EnrolledDevice) throws {
    guard let number = device.number else { return }
    try connection.statement("UPDATE device SET confirmed = 1 WHERE id = ? AND forgotten = 0").run(.integer(number))
    guard connection.changes == 1 else { throw JournalError.damaged("\(device.id) is not there to be confirmed") }
  }

  func set(_ slots: UserSlots, of device: EnrolledDevice) throws {
    guard let number = device.number else { return }
    try connection.statement("UPDATE device SET slots = ? WHERE id = ?").run(.text(slots.stored), .integer(number))
  }

  func forget(_ device: EnrolledDevice) throws {
    guard let number = device.number else { return }
    try connection.statement("UPDATE device SET forgotten = 1, slots = NULL WHERE id = ?").run(.integer(number))
  }

  // MARK: bonds

  func unwantedBonds() throws -> [DeviceAddress] {
    var found: [DeviceAddress] = []
    try connection.statement(
      """
      SELECT address FROM unwanted_bond
      WHERE address NOT IN (SELECT address FROM device WHERE forgotten = 0 AND confirmed = 1) ORDER BY address
      """
    ).query { row in if let address = row.text(0).flatMap(DeviceAddress.init) { found.append(address) } }
    return found
  }

  func addUnwantedBond(_ address: DeviceAddress) throws {
    try connection.statement("INSERT OR IGNORE INTO unwanted_bond(address) VALUES(?)").run(.text(address.description))
  }

  func removeUnwantedBond(_ address: DeviceAddress) throws {
    try connection.statement("DELETE FROM unwanted_bond WHERE address = ?").run(.text(address.description))
  }
}

extension UserSlots {
  /// `0=r-31k7 1=r-8m2q 1:1234`: whose they are, then the consent codes; empty where every user is nobody.
  fileprivate var stored: String {
    let whose = residents.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let codes = consents.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.value)" }
    return (whose + codes).joined(separator: " ")
  }

  /// What cannot be read is nobody's: the device is shared all the same.
  fileprivate init(stored text: String) {
    self.init()
    for part in text.split(separator: " ") {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let user = Int(pair[0]), Self.users.contains(user),
        let resident = ResidentID(String(pair[1]))
      else { continue }
      assign(user, to: resident)
    }
    // What came before the codes passes over them, so they need no other schema.
    for part in text.split(separator: " ") {
      let pair = part.split(separator: ":", maxSplits: 1)
      guard pair.count == 2, let user = Int(pair[0]), let resident = residents[user],
        let code = Int(pair[1]).flatMap(ConsentCode.init)
      else { continue }
      assign(user, to: resident, consent: code)
    }
  }
}
