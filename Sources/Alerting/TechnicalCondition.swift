// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What is wrong with the box or a device of it, and wants a person's hand. It holds or it does not; who looks says which.
package enum TechnicalCondition: Sendable, Hashable {
  /// Nothing can be written to the database.
  case storageFailing
  /// Room runs out: the oldest is dropped, or soon will be.
  case storageShort
  /// A device's clock is more than 2 minutes off, or was never set.
  case deviceClock(DeviceReference, ResidentID)
  /// Nobody is subscribed to alerts, or the broker refuses them.
  case alertsUnheard
  /// A high alert went up to the last level and nobody has answered.
  case unanswered
  /// bluetoothd or the adapter is away.
  case bluetoothAway
  /// Nothing of a planned kind was measured; `isLong`: for days.
  case nothingMeasured(ResidentID, [ObservationKind], isLong: Bool)
  /// A stream that is due does not come.
  case streamSilent(DeviceReference, ResidentID)
  /// Nothing was heard of a device for days.
  case deviceUnseen(DeviceReference, ResidentID)
  case batteryLow(DeviceReference, ResidentID)
  case batteryEmpty(DeviceReference, ResidentID)
  /// The device says that its sensor or electronics are broken.
  case sensorFault(DeviceReference, ResidentID)
  /// Measurements fail again and again.
  case measurementsFail(DeviceReference, ResidentID)
  /// The box or the device has lost its side of the bond.
  case bondLost(DeviceReference, ResidentID)

  /// bluetoothd or the adapter may be away for so long, in milliseconds: it is started again, an adapter is plugged in again.
  package static let bluetoothPatience: Int64 = 5 * 60_000

  /// The ids of all rules of this kind.
  package static let rules: Set<String> = [
    "ST-1", "TM-1", "UD-1", "UA-1", "BT-1", "ND-1", "ND-2", "ND-3", "DV-1",
  ]

  package var rule: String {
    switch self {
    case .storageFailing, .storageShort: "ST-1"
    case .deviceClock: "TM-1"
    case .alertsUnheard: "UD-1"
    case .unanswered: "UA-1"
    case .bluetoothAway: "BT-1"
    case .nothingMeasured: "ND-1"
    case .streamSilent: "ND-2"
    case .deviceUnseen: "ND-3"
    case .batteryLow, .batteryEmpty, .sensorFault, .measurementsFail, .bondLost: "DV-1"
    }
  }

  package var priority: Alert.Priority {
    switch self {
    case .storageFailing: .high
    case .storageShort, .alertsUnheard, .unanswered, .bluetoothAway, .streamSilent, .batteryEmpty, .sensorFault,
      .bondLost:
      .medium
    case .nothingMeasured(_, _, let isLong): isLong ? .medium : .low
    case .deviceClock, .deviceUnseen, .batteryLow, .measurementsFail: .low
    }
  }

  package var resident: ResidentID {
    switch self {
    case .storageFailing, .storageShort, .alertsUnheard, .unanswered, .bluetoothAway: .gateway
    case .nothingMeasured(let resident, _, _): resident
    case .deviceClock(_, let resident), .streamSilent(_, let resident), .deviceUnseen(_, let resident),
      .batteryLow(_, let resident), .batteryEmpty(_, let resident), .sensorFault(_, let resident),
      .measurementsFail(_, let resident), .bondLost(_, let resident):
      resident
    }
  }

  /// The device that it is about.
  package var device: DeviceReference? {
    switch self {
    case .storageFailing, .storageShort, .alertsUnheard, .unanswered, .bluetoothAway, .nothingMeasured: nil
    case .deviceClock(let device, _), .streamSilent(let device, _), .deviceUnseen(let device, _),
      .batteryLow(let device, _), .batteryEmpty(let device, _), .sensorFault(let device, _),
      .measurementsFail(let device, _), .bondLost(let device, _):
      device
    }
  }

  /// What tells it from the others of its rule.
  private var subject: String {
    switch self {
    case .storageFailing: "failing"
    case .storageShort: "short"
    case .alertsUnheard, .unanswered, .bluetoothAway: ""
    case .deviceClock(let device, let resident), .streamSilent(let device, let resident),
      .deviceUnseen(let device, let resident):
      "\(device.id) \(resident)"
    case .nothingMeasured(let resident, let kinds, let isLong):
      "\(isLong ? "long" : "short") \(resident) \(kinds.map(\.rawValue).joined(separator: " "))"
    case .batteryLow(let device, let resident): "battery-low \(device.id) \(resident)"
    case .batteryEmpty(let device, let resident): "battery-empty \(device.id) \(resident)"
    case .sensorFault(let device, let resident): "sensor \(device.id) \(resident)"
    case .measurementsFail(let device, let resident): "measurements \(device.id) \(resident)"
    case .bondLost(let device, let resident): "bond \(device.id) \(resident)"
    }
  }

  /// The id of the episode that began then. An episode is known again by it: the subject is stored nowhere.
  func alert(raised: Moment) -> StableID {
    StableID(hashing: ["condition", rule, subject, raised.bootID, "\(raised.monotonicMs)"])
  }

  // MARK: among others

  /// The one that says more of the same thing: while it holds, this one need not be said.
  var worse: TechnicalCondition? {
    switch self {
    case .storageShort: .storageFailing
    case .batteryLow(let device, let resident): .batteryEmpty(device, resident)
    case .nothingMeasured(let resident, let kinds, false): .nothingMeasured(resident, kinds, isLong: true)
    default: nil
    }
  }

  /// The one that says less of the same thing.
  var milder: TechnicalCondition? {
    switch self {
    case .storageFailing: .storageShort
    case .batteryEmpty(let device, let resident): .batteryLow(device, resident)
    case .nothingMeasured(let resident, let kinds, true): .nothingMeasured(resident, kinds, isLong: false)
    default: nil
    }
  }

  /// Of those that are about a device.
  static let deviceRules: Set<String> = ["TM-1", "ND-2", "ND-3", "DV-1"]

  /// All that can be the matter with a device.
  static func all(of device: DeviceReference, _ resident: ResidentID) -> [TechnicalCondition] {
    [
      .deviceClock(device, resident), .streamSilent(device, resident), .deviceUnseen(device, resident),
      .batteryLow(device, resident), .batteryEmpty(device, resident), .sensorFault(device, resident),
      .measurementsFail(device, resident), .bondLost(device, resident),
    ]
  }
}

extension Alert {
  /// Whether it is of a ``TechnicalCondition``. A rule about a person's measurements may be technical as well, and its alerts
  /// are in the person's book.
  package var isOfBox: Bool { category == .technical && TechnicalCondition.rules.contains(rule) }
}
