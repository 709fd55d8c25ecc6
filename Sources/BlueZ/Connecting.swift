// SPDX-License-Identifier: GPL-3.0-or-later
import DBus

extension Central {
  /// A device that advertises is linked within this time.
  private static let linkUpTime = Duration.seconds(2)

  /// Calls Connect. Where the task is cancelled meanwhile, the link is ended again.
  ///
  /// - Throws: `BusError`, of the call.
  func callConnect(_ device: Device, timeout: Duration) async throws {
    let path = device.path
    connectAttempts += 1
    let attempt = connectAttempts
    connecting[path] = attempt
    defer {
      if connecting[path] == attempt { connecting[path] = nil }
      changed()
    }
    let start = ContinuousClock.now
    _ = try await withTaskCancellationHandler {
      try await call(path, Interface.device, "Connect", timeout: timeout)
    } onCancel: {
      Task { await self.abandon(attempt, of: path, since: start) }
    }
  }

  /// Ends a Connect that nobody waits for any more.
  ///
  /// Linux 6.12 forgets a link that comes up in the moment in which it is cancelled, and the controller keeps it: the device
  /// does not advertise any more, for nobody, until it hangs up by itself. So a link that may just be coming up comes up
  /// first.
  private func abandon(_ attempt: Int, of path: String, since start: ContinuousClock.Instant) async {
    let rest = Self.linkUpTime - (.now - start)
    if rest > .zero {
      _ = await wait(rest) { ($0.linkUps[path] ?? start) > start || $0.connecting[path] != attempt }
    }
    // What is connected to later is another's.
    guard connecting[path] == attempt else { return }
    _ = try? await call(path, Interface.device, "Disconnect")
  }

  /// Removes a device and its bond. One that bluetoothd does not know is no error.
  package func remove(_ address: String) async throws {
    guard isAvailable, adapter != nil else {
      throw BlueZError.unavailable("bluetoothd or its controller is not there")
    }
    if let device = device(address) { try await remove(path: device.path) }
  }

  func remove(path: String) async throws {
    guard let adapter else { throw BlueZError.unavailable("there is no controller") }
    do {
      _ = try await call(adapter.path, Interface.adapter, "RemoveDevice", [.path(path)])
    } catch let error as BusError where error.name == "org.bluez.Error.DoesNotExist" {
      return
    }
  }
}
