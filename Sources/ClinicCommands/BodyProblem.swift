// SPDX-License-Identifier: GPL-3.0-or-later
import Texts

/// What is wrong with a command's body: the answer to whoever sent it says so beside `bad-body`.
package enum BodyProblem: Error, Sendable, Equatable {
  /// By its path: `limits[2].op`; `body` where none of it can be read.
  case field(String)
  /// Neither a device nor a setting of theirs is here.
  case noResident(String)
  case noRule(String)
  case noLimit(rule: String, kind: String, op: String)
  case notPlausible(rule: String, kind: String)
  case minutes
  /// A single alert is paused, never taken out of service.
  case outOfService
  case tooManyPersons

  package var text: Text {
    switch self {
    case .field(let path): CommandTexts.badField(path)
    case .noResident(let resident): CommandTexts.noResident(resident)
    case .noRule(let rule): CommandTexts.noRule(rule)
    case .noLimit(let rule, let kind, let op): CommandTexts.noLimit(rule, kind, op)
    case .notPlausible(let rule, let kind): CommandTexts.notPlausible(rule, kind)
    case .minutes: CommandTexts.noMinutes
    case .outOfService: CommandTexts.noOutOfService
    case .tooManyPersons: CommandTexts.tooManyPersons
    }
  }
}
