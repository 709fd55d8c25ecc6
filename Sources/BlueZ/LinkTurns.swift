// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Logging

/// Getting connected where there may be no room, and making room.
extension Central {
  /// After some 40 s the kernel gives up a device that does not advertise. Who is refused earlier was there.
  static let kernelPatience = Duration.seconds(38)
  /// A device without the key ends the link at once.
  private static let encryptionPatience = Duration.seconds(3)
  /// What is known of the room may be wrong: it is tried so often, within a turn, or those who hold it would never be asked.
  private static let recheck = Duration.seconds(10)

  /// Connects, and meanwhile subscribes to each wanted characteristic as soon as bluetoothd shows it: after its restart
  /// 5.66 has no GATT objects of a bonded device until the next connection.
  ///
  /// - Returns: false where there is no room for it; it waits for its turn then.
  func connect(_ device: Device, need: LinkNeed, subscribingTo wanted: Set<String>) async throws -> Bool {
    let (start, generation) = (ContinuousClock.now, generation)
    let early = Task {
      while await wait(nil, until: { $0.hasUnsubscribed(device, wanted) }) {
        // What fails here is tried again once the services are resolved.
        do { try await subscribe(device, to: wanted) } catch { return }
      }
    }
    do {
      // The kernel waits for an advertisement and gives up after some 40 s.
      try await callConnect(device, timeout: .seconds(45))
    } catch {
      early.cancel()
      await early.value
      guard isReady, generation == self.generation else { throw error }
      let now = ContinuousClock.now
      if let up = linkUps[device.path], up >= start, now - up < Self.encryptionPatience {
        // bluetoothd encrypts before it is content with a link, and says the same of one that is refused then.
        slots.forget(device.address)
        throw BlueZError.hungUp(device.address)
      }
      if Self.isRefusal(error), now - start < Self.kernelPatience {
        slots.refused(device.address, need: need, at: now)
      } else {
        slots.forget(device.address)
      }
      guard slots.isWaiting(device.address) else { throw error }
      log.info("no room for one more link", metadata: ["address": "\(device.address)"])
      keepSharing()
      return false
    }
    early.cancel()
    await early.value
    return true
  }

  /// The kernel says EMLINK where there is no room, and bluetoothd 5.66 has this for any error of the kernel (att_connect_cb).
  private static func isRefusal(_ error: any Error) -> Bool {
    (error as? BusError)?.message == "le-connection-abort-by-local"
  }

  /// - Returns: false where there is nothing to be tried now.
  func waitForTurn(_ address: String) async -> Bool {
    _ = await wait(Self.recheck) {
      $0.slots.mayTry(address) || !$0.slots.isWaiting(address) || !$0.isReady || $0.device(address)?.isConnected == true
    }
    return !Task.isCancelled && isReady
  }

  /// What is to be said of devices' connections, by address, where there are not enough.
  package var turns: [String: LinkTurn] { slots.turns(at: .now) }

  func makeRoom(_ device: Device) async {
    log.info("making room for another link", metadata: ["address": "\(device.address)"])
    _ = try? await call(device.path, Interface.device, "Disconnect")
    _ = await wait(.seconds(5)) { $0.device(device.address)?.isConnected != true }
  }

  /// Shares what room there is as long as somebody waits for it.
  private func keepSharing() {
    guard slotsKeeper == nil else { return }
    slotsKeeper = Task {
      while slots.hasWaiters {
        slots.share(at: .now, watched: watchedAddresses())
        changed()
        _ = await wait(.seconds(1)) { _ in false }
      }
      slotsKeeper = nil
    }
  }
}
