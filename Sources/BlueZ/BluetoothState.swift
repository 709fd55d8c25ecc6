// SPDX-License-Identifier: GPL-3.0-or-later

/// What Bluetooth is worth at a moment: the first of these that holds.
package enum BluetoothState: Sendable, Equatable, CaseIterable {
  /// Not connected to the message bus; tried again every 2 s.
  case busAway
  case bluetoothdAway
  /// It has its name on the bus and answers nothing.
  case bluetoothdFrozen
  case adapterMissing
  /// All was tried with the controller, in vain so far.
  case adapterGivenUp
  case adapterOff
  /// bluetoothd lives, and what needs the controller is not answered: it is being brought back.
  case adapterSilent
  /// Nothing at all is heard where there was something: that is looked into.
  case adapterUnheard
  /// bluetoothd does not let us listen.
  case scanRefused
  case working
}

extension Central {
  package var bluetoothState: BluetoothState {
    if connection == nil { return .busAway }
    if !isAvailable { return .bluetoothdAway }
    if isFrozen { return .bluetoothdFrozen }
    guard let adapter else { return .adapterMissing }
    if pulse.hasGivenUp { return .adapterGivenUp }
    if !adapter.isPowered { return .adapterOff }
    if pulse.isUnanswered { return .adapterSilent }
    if pulse.isClimbing, pulse.isTroubled(scene, at: .now) { return .adapterUnheard }
    return discoveryFailed && discoveryUsers > 0 ? .scanRefused : .working
  }

  /// When something is tried next to bring the controller back, where it does not work.
  package var nextRepair: ContinuousClock.Instant? { pulse.isTroubled(scene, at: .now) ? pulse.nextStep : nil }

  /// So often bluetoothd is asked for a sign of life: while all are connected and silent, nothing else would show that it hangs.
  private static let checkEvery = Duration.seconds(30)
  /// A busy box is late with one answer now and then.
  private static let missedAnswers = 2

  /// bluetoothd has not answered the last questions.
  var isFrozen: Bool { checks.unanswered >= Self.missedAnswers }

  /// Whether bluetoothd answers, asked only where that was long ago or something is wrong.
  func checkBluetoothd(_ adapter: Adapter, isTroubled: Bool) async -> Bool {
    let isDue = checks.last.map { .now - $0 >= Self.checkEvery } ?? true
    guard isTroubled || isDue || checks.unanswered > 0 else { return true }
    let generation = generation
    let isAnswered = await answers(adapter)
    guard generation == self.generation else { return false }
    checks = (.now, isAnswered ? 0 : checks.unanswered + 1)
    changed()
    return isAnswered
  }
}
