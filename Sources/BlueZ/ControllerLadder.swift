// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import Glibc
import Logging

/// What ``ControllerPulse`` decides, done.
extension Central {
  private static let lookPause = Duration.seconds(2)
  /// Where nobody wants to listen, so long is listened to find out whether there is anything.
  private static let probe = Duration.seconds(10)
  /// Those that bluetoothd answers when the controller has.
  private static let controllerCalls: Set<String> = ["Connect", "StartDiscovery", "StopDiscovery", "Set"]
  private static let noReply = "org.freedesktop.DBus.Error.NoReply"

  /// Brings a controller back to work that hangs or hears nothing, until the task is cancelled.
  package func keepController() async {
    while !Task.isCancelled {
      _ = await wait(Self.lookPause) { _ in false }
      guard isAvailable, !isPairing, let adapter else { continue }
      let isTroubled = pulse.isTroubled(scene, at: .now)
      // Where bluetoothd itself hangs, what is asked of it now would be done at some time later.
      guard await checkBluetoothd(adapter, isTroubled: isTroubled), isTroubled, self.adapter == adapter, !isPairing,
        let step = pulse.due(scene, at: .now)
      else { continue }
      await take(step, with: adapter)
    }
  }

  var scene: ControllerPulse.Scene {
    ControllerPulse.Scene(
      // One device that is looked for may well not be there.
      isListening: discoveryBegan != nil && askedPattern.isEmpty, hasLink: objects.hasLink, isCrowded: strangers >= 3)
  }

  /// How many devices were there, not long before the last report, that bluetoothd has forgotten since.
  private var strangers: Int {
    guard let last = pulse.lastReport else { return 0 }
    return sightings.paths(since: last - .seconds(600)).count { objects.device(path: $0) == nil }
  }

  func answers(_ adapter: Adapter) async -> Bool {
    let asked = try? await call(
      adapter.path, Interface.properties, "Get", [.string(Interface.adapter), .string("Powered")], timeout: .seconds(5))
    return asked != nil
  }

  private func take(_ step: ControllerPulse.Step, with adapter: Adapter) async {
    switch step {
    case .rediscover:
      log.warning("\(adapterName) does not answer or hears nothing, looking anew")
      await rediscover()
    case .powerCycle:
      log.warning("\(adapterName) does not answer or hears nothing, switching it off and on")
      await cyclePower(adapter)
    case .reset:
      log.warning("\(adapterName) does not answer or hears nothing, resetting it")
      isCycling = true
      let error = await Controller.restart(address: adapter.address)
      isCycling = false
      if error != 0 { log.warning("cannot reset \(adapterName): \(String(cString: strerror(error)))") }
      _ = await wait(.seconds(2)) { $0.isReady }
      await switchOn()
    case .giveUp:
      log.error("\(adapterName) does not answer or hears nothing whatever is tried, will try again")
    }
  }

  private func rediscover() async {
    let last = pulse.lastReport
    // The first who wants a discovery starts it.
    let isWanted = discoveryUsers > 0
    if isWanted { _ = await stopDiscovery() }
    // Of all that is there, whoever is looked for.
    await discovering {
      if isWanted, discoveryBegan == nil { await startDiscovery() }
      _ = await wait(Self.probe) { $0.pulse.lastReport != last || $0.discoveryFailed }
    }
  }

  private func cyclePower(_ adapter: Adapter) async {
    isCycling = true
    do {
      try await setProperty(adapter.path, Interface.adapter, "Powered", .bool(false), timeout: .seconds(10))
      _ = await wait(.seconds(1)) { _ in false }
    } catch {
      log.warning("cannot switch off \(adapterName): \(error)")
    }
    isCycling = false
    await switchOn()
  }

  /// Takes from the outcome of a call whether the controller answers.
  ///
  /// - Parameters:
  ///   - error: nil where it has succeeded.
  ///   - time: how long it was waited for.
  func note(_ error: (any Error)?, of member: String, after time: Duration = .zero) {
    guard Self.controllerCalls.contains(member) else { return }
    guard let error = error as? BusError else {
      if error == nil { pulse.answered() }
      return
    }
    if error.name == Self.noReply {
      // A device that is not there is waited for.
      if member != "Connect" || time >= Self.kernelPatience { pulse.unansweredCall() }
    } else if member == "Connect", error.name.hasPrefix("org.bluez.Error.") {
      pulse.answered()
    }
  }
}
