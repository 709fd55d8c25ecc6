// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import EventLoop
import Journal
import Logging
import Vitals

/// Bonds that nobody wants are removed as soon as bluetoothd lets us; until then the database remembers them.
extension CollectorService {
  /// Removes bonds now, or goes on trying where that is not possible.
  ///
  /// - Returns: whether one is left for later.
  func removeBonds(of addresses: Set<DeviceAddress>) async -> Bool {
    var isLeft = false
    for address in addresses { if await !removeBond(of: address) { isLeft = true } }
    if isLeft { removeUnwantedBonds() }
    return isLeft
  }

  private func removeBond(of address: DeviceAddress) async -> Bool {
    do {
      guard try await !journal.devices().contains(where: { $0.address == address && $0.isConfirmed }) else {
        return true
      }
      try await central.remove(address.description)
      try await journal.bondRemoved(address)
      return true
    } catch {
      log.warning("the bond cannot be removed yet: \(error)", metadata: ["address": "\(address)"])
      return false
    }
  }

  /// Goes on trying until none is left. A device that is just being paired is left to its pairing.
  func removeUnwantedBonds() {
    guard cleaning == nil, !isStopping else { return }
    cleaning = Task {
      var backoff = Backoff()
      while !Task.isCancelled, await central.waitUntilReady() {
        let isLeft = await removeAllUnwanted()
        if !isLeft { break }
        try? await Task.sleep(for: backoff.next())
      }
      cleaning = nil
    }
  }

  /// - Returns: whether some are left.
  private func removeAllUnwanted() async -> Bool {
    guard pairing == nil else { return true }
    guard let unwanted = try? await journal.unwantedBonds() else { return true }
    var isLeft = false
    for address in unwanted {
      guard pairing == nil else { return true }
      if await !removeBond(of: address) { isLeft = true }
    }
    return isLeft
  }

  /// Connects to a device for a moment and reads who it is. The database remembers that until the link is ended again: a
  /// bluetoothd whose client was killed keeps it, and the device would advertise for nobody any more.
  ///
  /// - Throws: as ``Central/readInformation(of:)`` does, and where the database cannot be written.
  func readInformation(of address: String) async throws {
    guard let known = DeviceAddress(address) else { throw BlueZError.deviceNotFound(address) }
    try await journal.addUnwantedBond(known)
    let outcome: Result<Void, any Error>
    do {
      try await central.readInformation(of: address)
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    if await central.device(address)?.isConnected == true {
      removeUnwantedBonds()
    } else if pairing == nil {
      // Else the note may be the pairing's, and its end sees to both.
      do {
        try await journal.bondRemoved(known)
      } catch {
        log.warning("the note of a link cannot be removed: \(error)", metadata: ["address": "\(address)"])
      }
    }
    try outcome.get()
  }

  // MARK: the audit

  /// Writes an entry that goes with no change of its own.
  func audit(_ entry: AuditEntry) async {
    do {
      try await journal.audit(entry, now: clock())
    } catch {
      log.error("cannot write the audit: \(error)")
    }
    record(entry)
  }

  /// The same for the log.
  func record(_ entry: AuditEntry) {
    log.notice(
      "\(entry.what.rawValue)",
      metadata: [
        "subject": "\(entry.subject)", "uid": "\(entry.uid.map(String.init) ?? "-")", "code": "\(entry.code ?? "-")",
      ])
  }
}
