// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// The rules in force, a more serious one before those it supersedes.
package struct RuleSet: Sendable, Equatable {
  /// `cn`, `intl`, or what a site calls its own.
  package let edition: String
  package let version: Int
  package let author: String
  package let date: String
  /// What its reader should know: whether anybody has approved it.
  package let note: Text?
  /// The edition that it is based on.
  package let base: String?
  package internal(set) var rules: [Rule]
  /// Heart rate and SpO2 are not looked at for so long after a stream begins (milliseconds).
  package internal(set) var settle: Int64
  package let manners: Manners
  package let technical: TechnicalLimits

  package init(
    edition: String, version: Int, author: String, date: String, note: Text? = nil, base: String? = nil, rules: [Rule],
    settle: Int64, manners: Manners, technical: TechnicalLimits
  ) {
    self.edition = edition
    self.version = version
    self.author = author
    self.date = date
    self.note = note
    self.base = base
    self.rules = rules
    self.settle = settle
    self.manners = manners
    self.technical = technical
  }
}

/// How alerts of each kind are brought before people (alarms.md). Durations are milliseconds.
package struct Manners: Sendable, Equatable {
  package struct Manner: Sendable, Equatable {
    /// It is said again so often while nobody has acknowledged it; nil for once.
    package var again: Int64?
    /// It goes up a level so long after it began, level 2 first.
    package var escalate: [Int64]
    /// Over, it stays until somebody acknowledges it.
    package var latches: Bool
    /// Acknowledged and still there so long after: nobody's any more.
    package var realarm: Int64?
    /// More of a person in a day go into the digest; nil for no such limit.
    package var dailyCap: Int?
    /// It counts as undelivered when nobody has it so long after it was said.
    package var deliver: Int64

    package init(
      again: Int64?, escalate: [Int64], latches: Bool, realarm: Int64?, dailyCap: Int?, deliver: Int64
    ) {
      self.again = again
      self.escalate = escalate
      self.latches = latches
      self.realarm = realarm
      self.dailyCap = dailyCap
      self.deliver = deliver
    }
  }

  package var high: Manner
  package var medium: Manner
  package var low: Manner
  /// Of technical alerts, whatever their priority.
  package var technical: Manner
  /// The minute of the day at which the digest is sent.
  package var digestAt: Int

  package init(high: Manner, medium: Manner, low: Manner, technical: Manner, digestAt: Int) {
    self.high = high
    self.medium = medium
    self.low = low
    self.technical = technical
    self.digestAt = digestAt
  }

  package subscript(category: Alert.Category, priority: Alert.Priority) -> Manner {
    if category == .technical { return technical }
    switch priority {
    case .high: return high
    case .medium: return medium
    case .low: return low
    }
  }
}

/// When a technical condition holds. Durations are milliseconds; percentages are of a full battery.
package struct TechnicalLimits: Sendable, Equatable {
  /// ND-1: so many planned measurements missed one after the other; nothing of a planned kind for so long (medium).
  package var missedMeasurements: Int
  package var nothingMeasured: Int64
  package var nothingMeasuredLong: Int64
  /// ND-2: a stream that is due is silent for so long.
  package var streamSilent: Int64
  /// ND-3: nothing was heard of a device for so long.
  package var deviceUnseen: Int64
  /// DV-1
  package var batteryLow: Int
  package var batteryEmpty: Int
  /// So many measurements of a device failed within a day.
  package var failedMeasurements: Int

  package init(
    missedMeasurements: Int, nothingMeasured: Int64, nothingMeasuredLong: Int64, streamSilent: Int64,
    deviceUnseen: Int64, batteryLow: Int, batteryEmpty: Int, failedMeasurements: Int
  ) {
    self.missedMeasurements = missedMeasurements
    self.nothingMeasured = nothingMeasured
    self.nothingMeasuredLong = nothingMeasuredLong
    self.streamSilent = streamSilent
    self.deviceUnseen = deviceUnseen
    self.batteryLow = batteryLow
    self.batteryEmpty = batteryEmpty
    self.failedMeasurements = failedMeasurements
  }
}
