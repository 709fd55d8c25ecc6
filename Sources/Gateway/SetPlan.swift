// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Vitals

/// `set-plan`: what is to be measured of a person, and when. It replaces the plan of before.
struct SetPlan: CommandEffect {
  private static let (mostItems, mostKinds, mostTimes) = (32, 8, 24)
  private static let usualTolerance = 120

  private struct Body: Decodable {
    struct Item: Decodable {
      struct Continuous: Decodable {
        let from: String
        let to: String
      }

      let kinds: [String]
      let times: [String]?
      let toleranceMinutes: Int?
      let continuous: Continuous?
    }

    let resident: String
    let plan: [Item]
  }

  let ingest: Ingest

  func decide(_ proven: CommandGate.Proven) async -> CommandDecision {
    let command = proven.command
    guard let body = command.body(Body.self) else {
      return .refused(BodyProblem.field("body"))
    }
    let resident: ResidentID
    let plan: [PersonSettings.PlanItem]
    do throws(BodyProblem) {
      resident = try Self.resident(body.resident)
      plan = try Self.plan(body.plan)
    } catch {
      return .refused(error)
    }
    return .together { [ingest] remember in
      try await ingest.change(resident, expected: command.expectedVersion, remember) { $0.plan = plan }
    }
  }

  /// Somebody of whom the clinic may say something.
  static func resident(_ text: String) throws(BodyProblem) -> ResidentID {
    guard let resident = ResidentID(text), resident != .gateway, resident != .unassigned else {
      throw BodyProblem.field("resident")
    }
    return resident
  }

  private static func plan(_ items: [Body.Item]) throws(BodyProblem) -> [PersonSettings.PlanItem] {
    guard items.count <= mostItems else { throw BodyProblem.field("plan") }
    var plan: [PersonSettings.PlanItem] = []
    for (index, item) in items.enumerated() { plan.append(try read(item, "plan[\(index)]")) }
    return plan
  }

  private static func read(_ item: Body.Item, _ path: String) throws(BodyProblem) -> PersonSettings.PlanItem {
    let kinds = item.kinds.compactMap(ObservationKind.init)
    guard kinds.count == item.kinds.count, (1...mostKinds).contains(kinds.count), Set(kinds).count == kinds.count else {
      throw BodyProblem.field(path + ".kinds")
    }
    switch (item.times, item.continuous) {
    case (let times?, nil):
      let minutes = times.compactMap(minute)
      guard minutes.count == times.count, (1...mostTimes).contains(minutes.count) else {
        throw BodyProblem.field(path + ".times")
      }
      let tolerance = item.toleranceMinutes ?? usualTolerance
      guard (1...720).contains(tolerance) else { throw BodyProblem.field(path + ".toleranceMinutes") }
      return PersonSettings.PlanItem(kinds: kinds, when: .times(Set(minutes).sorted(), tolerance: tolerance))
    case (nil, let continuous?):
      guard item.toleranceMinutes == nil, let from = minute(continuous.from), let to = minute(continuous.to) else {
        throw BodyProblem.field(path + ".continuous")
      }
      return PersonSettings.PlanItem(kinds: kinds, when: .continuous(from: from, to: to))
    default: throw BodyProblem.field(path + ".times")
    }
  }

  /// Of a day, from `07:00`; nil for anything else.
  private static func minute(_ text: String) -> Int? {
    let digits = Array(text.utf8)
    guard digits.count == 5, digits[2] == UInt8(ascii: ":") else { return nil }
    let numbers = [0, 1, 3, 4].map { Int(digits[$0]) - Int(UInt8(ascii: "0")) }
    guard numbers.allSatisfy((0...9).contains) else { return nil }
    let (hour, minute) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
    return hour <= 23 && minute <= 59 ? hour * 60 + minute : nil
  }
}
