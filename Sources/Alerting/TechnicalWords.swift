// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// What is said of technical conditions.
extension TechnicalCondition {
  /// What its rule is called.
  package var name: Text {
    switch self {
    case .storageFailing, .storageShort: TechnicalTexts.storage
    case .deviceClock: TechnicalTexts.deviceClock
    case .alertsUnheard: TechnicalTexts.delivery
    case .unanswered: TechnicalTexts.answer
    case .bluetoothAway: TechnicalTexts.bluetooth
    case .nothingMeasured: TechnicalTexts.plan
    case .streamSilent: TechnicalTexts.stream
    case .deviceUnseen: TechnicalTexts.unseen
    case .batteryLow, .batteryEmpty, .sensorFault, .measurementsFail, .bondLost: TechnicalTexts.device
    }
  }

  /// What is wrong, and what to do.
  var startText: Text {
    switch self {
    case .storageFailing: TechnicalTexts.storageFailing
    case .storageShort: TechnicalTexts.storageShort
    case .alertsUnheard: TechnicalTexts.alertsUnheard
    case .unanswered: TechnicalTexts.unanswered
    case .bluetoothAway: TechnicalTexts.bluetoothAway
    case .nothingMeasured(_, let kinds, let isLong):
      isLong
        ? TechnicalTexts.nothingMeasuredForLong(ofKinds: kinds.map(\.rawValue))
        : TechnicalTexts.nothingMeasured(ofKinds: kinds.map(\.rawValue))
    case .deviceClock(let device, _): TechnicalTexts.clockIsOff(of: device.model, device.id)
    case .streamSilent(let device, _): TechnicalTexts.streamIsSilent(of: device.model, device.id)
    case .deviceUnseen(let device, _): TechnicalTexts.isUnseen(device.model, device.id)
    case .batteryLow(let device, _): TechnicalTexts.batteryIsLow(of: device.model, device.id)
    case .batteryEmpty(let device, _): TechnicalTexts.batteryIsEmpty(of: device.model, device.id)
    case .sensorFault(let device, _): TechnicalTexts.sensorIsFaulty(of: device.model, device.id)
    case .measurementsFail(let device, _): TechnicalTexts.measurementsFail(of: device.model, device.id)
    case .bondLost(let device, _): TechnicalTexts.bondIsLost(of: device.model, device.id)
    }
  }

  var endText: Text {
    switch self {
    case .storageFailing: TechnicalTexts.storageWorks
    case .storageShort: TechnicalTexts.storageHasRoom
    case .alertsUnheard: TechnicalTexts.alertsHeard
    case .unanswered: TechnicalTexts.answered
    case .bluetoothAway: TechnicalTexts.bluetoothIsBack
    case .nothingMeasured(_, let kinds, _): TechnicalTexts.measuredAgain(kinds: kinds.map(\.rawValue))
    case .deviceClock(let device, _): TechnicalTexts.clockIsRight(of: device.model, device.id)
    case .streamSilent(let device, _): TechnicalTexts.streamIsBack(of: device.model, device.id)
    case .deviceUnseen(let device, _): TechnicalTexts.isSeen(device.model, device.id)
    case .batteryLow(let device, _): TechnicalTexts.batteryIsCharged(of: device.model, device.id)
    case .batteryEmpty(let device, _): TechnicalTexts.batteryLasts(of: device.model, device.id)
    case .sensorFault(let device, _): TechnicalTexts.sensorWorks(of: device.model, device.id)
    case .measurementsFail(let device, _): TechnicalTexts.measurementSucceeds(of: device.model, device.id)
    case .bondLost(let device, _): TechnicalTexts.bondHolds(of: device.model, device.id)
    }
  }
}
