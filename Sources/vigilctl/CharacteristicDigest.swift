// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Vitals

/// What a characteristic can say, whatever its layout.
struct CharacteristicDigest {
  struct Value: Equatable {
    let kind: ObservationKind
    /// As the device may send it, UCUM; the kind's own where it sends that.
    var units: [String]
  }

  struct Status: Equatable {
    let name: String
    /// What it lowers a measurement to.
    let effect: Quality?
  }

  /// In the order of the fields, each once.
  private(set) var values: [Value] = []
  private(set) var statuses: [Status] = []
  private(set) var facts: [String] = []
  private(set) var hasUser = false
  private(set) var hasTime = false
  private(set) var hasSequence = false

  init(_ characteristic: CharacteristicProfile) {
    for field in characteristic.fields {
      add(field.meaning)
      for name in field.statusNames where !statuses.contains(where: { $0.name == name }) {
        statuses.append(Status(name: name, effect: characteristic.quality[name]))
      }
    }
  }

  private mutating func add(_ meaning: FieldProfile.Meaning) {
    switch meaning {
    case .value(let rule):
      let units =
        rule.unit.condition == nil ? [rule.unit.otherwise] : [rule.unit.otherwise, rule.unit.then]
      for unit in units.map({ $0?.rawValue ?? rule.kind.unit.rawValue }) { add(rule.kind, unit) }
    case .fact(let fact): if !facts.contains(fact.key) { facts.append(fact.key) }
    case .role(let role):
      switch role {
      case .user: hasUser = true
      case .sequence: hasSequence = true
      case .time, .seconds, .timePart, .timeOffset: hasTime = true
      }
    case .unused: break
    }
  }

  private mutating func add(_ kind: ObservationKind, _ unit: String) {
    if let index = values.firstIndex(where: { $0.kind == kind }) {
      if !values[index].units.contains(unit) { values[index].units.append(unit) }
    } else {
      values.append(Value(kind: kind, units: [unit]))
    }
  }
}
