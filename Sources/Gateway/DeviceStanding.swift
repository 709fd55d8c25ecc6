// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import DeviceProfiles
import Journal
import Texts

/// How an enrolled device stands: from what its link does, and what is known of the device and of Bluetooth. Pure.
struct DeviceStanding {
  /// A device that streams says something at least every few seconds.
  static let longestSilence = Duration.seconds(60)

  let link: LinkState
  /// For how long it has been connected or heard, or not; nil where its link has not begun.
  let duration: Duration?
  let bluetooth: BluetoothState
  /// Whether it ever gave a sign of life.
  let wasSeen: Bool
  let lastReadingSecondsAgo: Int64?
  let isBonded: Bool
  let isAdvertisedOnly: Bool
  /// It says something now and then, and is gone in between.
  let isSpot: Bool
  let isStream: Bool
  /// There is a profile by which it can be read.
  let isReadable: Bool
  let missingProfiles: [String]

  /// Whole seconds of ``duration``.
  var seconds: Int64? { duration?.components.seconds }

  var condition: DeviceCondition {
    guard isReadable else { return .profileMissing }
    if bluetooth.isInTheWay(ofLinkThatIsUp: link.isUp) { return .noBluetooth }
    switch link {
    case .waitingForBluetooth: return .starting
    case .searching:
      if isAdvertisedOnly { return .notHeard }
      // bluetoothd keeps those that it has a bond with.
      if isBonded { return .unknownHere }
      return wasSeen ? .notAdvertising : .neverSeen
    case .connecting: return isSpot ? .asleep : .notAdvertising
    case .resolving: return .resolving
    case .waitingForTurn: return .waitingForTurn
    case .connected: return isSilent ? .silent : .connected
    case .listening: return .listening
    case .retrying(let failure, _):
      let condition = DeviceCondition(failure: failure.name, message: failure.message)
      return condition == .notInSight && isSpot ? .asleep : condition
    }
  }

  private var isSilent: Bool {
    guard isStream, let duration, duration >= Self.longestSilence else { return false }
    return lastReadingSecondsAgo.map { .seconds($0) >= Self.longestSilence } ?? true
  }
}

extension DeviceStanding {
  init(
    of device: EnrolledDevice, link: LinkState, for duration: Duration?, catalog: ProfileCatalog, wasSeen: Bool,
    bluetooth: BluetoothState, lastReadingSecondsAgo: Int64?
  ) {
    let profiles = device.profiles.compactMap { catalog.profile(id: $0) }
    let leading = DeviceSession.leading(profiles)
    let isSpot = leading.map { $0.session.connection != .stay } ?? false
    self.init(
      link: link, duration: duration, bluetooth: bluetooth, wasSeen: wasSeen,
      lastReadingSecondsAgo: lastReadingSecondsAgo, isBonded: device.link.isBonded,
      isAdvertisedOnly: leading?.isAdvertisedOnly ?? false, isSpot: isSpot,
      isStream: !isSpot && leading?.characteristics.contains(where: \.isStream) == true, isReadable: leading != nil,
      missingProfiles: device.profiles.filter { catalog.profile(id: $0) == nil })
  }
}

extension BluetoothState {
  /// - Parameter isUp: a link that lives says more than what is guessed of the controller.
  func isInTheWay(ofLinkThatIsUp isUp: Bool) -> Bool {
    switch self {
    case .busAway, .bluetoothdAway, .bluetoothdFrozen, .adapterMissing, .adapterOff: true
    case .adapterGivenUp, .adapterSilent: !isUp
    case .adapterUnheard, .scanRefused, .working: false
    }
  }

  var condition: BluetoothCondition {
    switch self {
    case .busAway: .busAway
    case .bluetoothdAway: .bluetoothdAway
    case .bluetoothdFrozen: .bluetoothdFrozen
    case .adapterMissing: .adapterMissing
    case .adapterGivenUp: .adapterGivenUp
    case .adapterOff: .adapterOff
    case .adapterSilent: .adapterSilent
    case .adapterUnheard: .adapterUnheard
    case .scanRefused: .scanRefused
    case .working: .working
    }
  }
}
