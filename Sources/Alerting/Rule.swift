// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// One row of the rule table: what alerts, what confirms it, what clears it.
package struct Rule: Sendable, Equatable {
  /// A band of one quantity. Any of a rule's conditions offends; all of its clear conditions are needed to clear.
  package struct Condition: Sendable, Equatable {
    /// The kinds that measure this quantity (a strap's heart rate, an oximeter's pulse rate).
    package let kinds: [ObservationKind]
    package let bound: Bound
    /// Where a more serious rule takes over.
    package var beyond: Bound?

    package init(_ kinds: [ObservationKind], _ bound: Bound, beyond: Bound? = nil) {
      self.kinds = kinds
      self.bound = bound
      self.beyond = beyond
    }
  }

  /// What is needed beside one offending value. Milliseconds.
  package struct Confirmation: Sendable, Equatable {
    /// How long a stream must stay offending; nil where the quantity does not come as a stream.
    package var stream: Int64?
    /// The least and the longest time between two spot readings.
    package var apart: Int64
    package var window: Int64
    /// A spot reading that the device calls fully qualified needs no second one (PLXS 1.0.1, measurement status bit 8).
    package let byFullyQualified: Bool
    /// With no second reading for so long the rule alerts all the same, and says so.
    package var unconfirmedAfter: Int64?

    package init(
      stream: Int64?, apart: Int64, window: Int64, byFullyQualified: Bool = false, unconfirmedAfter: Int64? = nil
    ) {
      self.stream = stream
      self.apart = apart
      self.window = window
      self.byFullyQualified = byFullyQualified
      self.unconfirmedAfter = unconfirmedAfter
    }
  }

  /// What ends the condition: a deadband inside the limits, held for a time or for a number of spot readings.
  package struct Clear: Sendable, Equatable {
    package let conditions: [Condition]
    /// Milliseconds; nil where the quantity does not come as a stream.
    package var stream: Int64?
    package let readings: Int
  }

  package let id: String
  package let version: Int
  package let category: Alert.Category
  package let priority: Alert.Priority
  package let level: Int
  /// Rules of the same family that this one is the more serious of.
  package let supersedes: [String]
  package var conditions: [Condition]
  package var confirmation: Confirmation
  package var clear: Clear
  /// The latest value of one of these, not older than ``aggravationWindow``, makes the alert high.
  package let aggravations: [Condition]
  /// Milliseconds.
  package static let aggravationWindow: Int64 = 5 * 60_000

  package init(
    id: String, version: Int, category: Alert.Category, priority: Alert.Priority, level: Int, supersedes: [String],
    conditions: [Condition], confirmation: Confirmation, clear: Clear, aggravations: [Condition]
  ) {
    self.id = id
    self.version = version
    self.category = category
    self.priority = priority
    self.level = level
    self.supersedes = supersedes
    self.conditions = conditions
    self.confirmation = confirmation
    self.clear = clear
    self.aggravations = aggravations
    kinds = conditions.reduce(into: []) { kinds, condition in
      for kind in condition.kinds where !kinds.contains(kind) { kinds.append(kind) }
    }
  }

  /// The kinds that the conditions look at, each once.
  package let kinds: [ObservationKind]

  /// Whether values over a worse link are kept from confirming and clearing: alerts that are or may become high.
  var guardsLink: Bool { priority == .high || !aggravations.isEmpty }

  // MARK: judging an observation

  /// What an observation says to this rule.
  enum Grade: Sendable {
    /// It has no number for this rule, or one that is not to be looked at.
    case unusable
    case clear
    /// Neither inside the limits by the deadband nor outside them.
    case between
    case offending
    /// Offending, and so far that a more serious rule has it. It keeps this rule's confirmation but does not begin one.
    case beyond
  }

  func concerns(_ observation: Observation) -> Bool {
    observation.values.contains { kinds.contains($0.kind) }
  }

  func grade(_ observation: Observation) -> Grade {
    var hasNumber = false
    var worst = Grade.between
    for value in observation.values {
      guard let number = value.number, kinds.contains(value.kind) else { continue }
      hasNumber = true
      for condition in conditions where condition.kinds.contains(value.kind) && condition.bound.holds(number) {
        if condition.beyond?.holds(number) != true { return .offending }
        worst = .beyond
      }
    }
    guard hasNumber else { return .unusable }
    if case .beyond = worst { return worst }
    return clear.conditions.allSatisfy { $0.isMet(by: observation) } ? .clear : .between
  }

  /// The limits that the values cross, each with the kind that crossed it.
  func limits(crossedBy values: [Quantity]) -> [Limit] {
    conditions.flatMap { condition in
      values.compactMap { value in
        guard condition.kinds.contains(value.kind), let number = value.number, condition.bound.holds(number) else {
          return nil
        }
        return Limit(
          kind: value.kind, op: condition.bound.comparison, value: condition.bound.value, basis: .default)
      }
    }
  }
}

extension Rule.Condition {
  /// Whether the observation has the quantity, and nowhere outside the bound.
  func isMet(by observation: Observation) -> Bool {
    var found = false
    for value in observation.values where kinds.contains(value.kind) {
      guard let number = value.number else { continue }
      guard bound.holds(number) else { return false }
      found = true
    }
    return found
  }
}
