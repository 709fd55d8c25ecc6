// SPDX-License-Identifier: GPL-3.0-or-later
import SQLite
import Vitals

/// The devices of this box, from the pairing to being forgotten. What is audited is written in the transaction of the
/// change.
extension Journal {
  /// The enrolled devices, those too that nobody has confirmed yet.
  package func devices() throws -> [EnrolledDevice] { try registry.all() }

  /// Before Pair(): a bond of this address is unwanted until ``confirm(_:audit:now:)``, whatever happens to us.
  package func openPairing(_ address: DeviceAddress, audit: AuditEntry, now: Moment) throws {
    try connection.transaction {
      try registry.addUnwantedBond(address)
      try audits.append(audit, at: now)
    }
  }

  /// A device with a private address has another one once it is bonded.
  package func addUnwantedBond(_ address: DeviceAddress) throws {
    try connection.transaction { try registry.addUnwantedBond(address) }
  }

  /// Adds a device, provisionally: see ``EnrolledDevice/isConfirmed``.
  package func enrolProvisionally(_ device: NewDevice, now: Moment) throws -> EnrolledDevice {
    try connection.transaction { try registry.add(device, isConfirmed: false, atWallMs: now.wallMs) }
  }

  /// Makes a device one of this box's; with the audit's subject being its id. What it had stored before is for care.
  ///
  /// - Returns: the enrolled devices, read before the commit as below.
  package func confirm(_ device: EnrolledDevice, uid: UInt32?, now: Moment) throws -> [EnrolledDevice] {
    try write(now: now) { writer in
      try registry.confirm(device)
      try registry.removeUnwantedBond(device.address)
      try writer.takeOverStored(from: device.id)
      try audits.append(AuditEntry(.enrolled, uid: uid, subject: device.id), at: now)
      return try registry.all()
    }
  }

  /// Adds a device that needs no confirmation.
  package func enrol(_ device: NewDevice, uid: UInt32?, now: Moment) throws -> EnrolledDevice {
    try connection.transaction {
      let enrolled = try registry.add(device, isConfirmed: true, atWallMs: now.wallMs)
      try registry.removeUnwantedBond(device.address)
      try audits.append(AuditEntry(.enrolled, uid: uid, subject: enrolled.id), at: now)
      return enrolled
    }
  }

  /// From now on the readings of that user are hers, and those of users whom nobody was assigned are nobody's.
  ///
  /// - Parameters:
  ///   - resident: ``ResidentID/unassigned`` for nobody.
  ///   - consent: what the device wants for the user's data; nil where it stays as it is. The audit says that there was one.
  /// - Returns: the enrolled devices; nil where the device is none of them any more. They are read before the commit: where
  ///   that fails nothing was done, which is what whoever has asked for it is told.
  package func assign(
    _ user: Int, of device: EnrolledDevice, to resident: ResidentID, consent: ConsentCode? = nil, uid: UInt32?,
    now: Moment
  ) throws -> [EnrolledDevice]? {
    try connection.transaction {
      guard let present = try registry.all().first(where: { $0.id == device.id }) else { return nil }
      var slots = present.slots ?? UserSlots()
      slots.assign(user, to: resident, consent: consent)
      try registry.set(slots, of: present)
      let code = "\(user)=\(resident)" + (consent == nil ? "" : " consent")
      try audits.append(AuditEntry(.assigned, code: code, uid: uid, subject: device.id), at: now)
      return try registry.all()
    }
  }

  /// Its readings stay; those of one that nobody has confirmed are declared to be an error. Its bond is unwanted from now
  /// on.
  ///
  /// - Returns: the enrolled devices, read before the commit as above.
  @discardableResult
  package func forget(_ device: EnrolledDevice, audit: AuditEntry, now: Moment) throws -> [EnrolledDevice] {
    try write(now: now) { writer in
      if !device.isConfirmed { try writer.markTrialAsError(of: device.id) }
      try registry.forget(device)
      try registry.addUnwantedBond(device.address)
      try audits.append(audit, at: now)
      return try registry.all()
    }
  }

  /// Forgets the devices that nobody has confirmed: of a run of the daemon that ended in between.
  ///
  /// - Parameter code: for the audit.
  /// - Returns: those devices.
  package func forgetUnconfirmed(code: String, now: Moment) throws -> [EnrolledDevice] {
    let left = try registry.all().filter { !$0.isConfirmed }
    for device in left {
      try forget(
        device, audit: AuditEntry(.pairingFailed, code: code, uid: nil, subject: device.address.description), now: now)
    }
    return left
  }

  /// Addresses whose bond bluetoothd is to forget; none that is enrolled and confirmed.
  package func unwantedBonds() throws -> [DeviceAddress] { try registry.unwantedBonds() }

  /// bluetoothd has no bond of this address any more.
  package func bondRemoved(_ address: DeviceAddress) throws {
    try connection.transaction { try registry.removeUnwantedBond(address) }
  }

  package func audit(_ entry: AuditEntry, now: Moment) throws {
    try connection.transaction { try audits.append(entry, at: now) }
  }

  /// The latest entries of the audit, in order.
  package func latestAudits(_ limit: Int) throws -> [AuditEntry] { try audits.latest(limit) }
}
