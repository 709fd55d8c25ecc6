// SPDX-License-Identifier: GPL-3.0-or-later
import Document

/// Reads when technical conditions hold:
///
///     ND-1: {missed: 3, nothing-for: 36 h, nothing-for-long: 72 h}
///     ND-2: {silent: 15 min}
///     ND-3: {unseen: 7 d}
///     DV-1: {low: 20, empty: 5, failed: 3}
enum TechnicalLimitsLoader {
  static func limits(_ node: Node) throws(DocumentError) -> TechnicalLimits {
    let keys = try node.mapping(required: ["ND-1", "ND-2", "ND-3", "DV-1"])
    let planned = try keys.required("ND-1").mapping(required: ["missed", "nothing-for", "nothing-for-long"])
    let silence = try keys.required("ND-2").mapping(required: ["silent"])
    let absence = try keys.required("ND-3").mapping(required: ["unseen"])
    let device = try keys.required("DV-1").mapping(required: ["low", "empty", "failed"])
    let month = 31 * TimeLength.day
    let nothing = try TimeLength.read(planned.required("nothing-for"), in: TimeLength.hour...month)
    let low = try device.required("low").integer(in: 1...99)
    return TechnicalLimits(
      missedMeasurements: try planned.required("missed").integer(in: 1...20), nothingMeasured: nothing,
      nothingMeasuredLong: try TimeLength.read(planned.required("nothing-for-long"), in: nothing...month),
      streamSilent: try TimeLength.read(silence.required("silent"), in: TimeLength.minute...TimeLength.day),
      deviceUnseen: try TimeLength.read(absence.required("unseen"), in: TimeLength.hour...month), batteryLow: low,
      batteryEmpty: try device.required("empty").integer(in: 0...low),
      failedMeasurements: try device.required("failed").integer(in: 1...20))
  }
}
