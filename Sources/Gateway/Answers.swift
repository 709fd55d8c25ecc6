// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import ClinicCommands
import Journal
import Vitals

/// What the clinic answers and decides. It is done on a copy, written in one transaction with the memory of its request, and
/// counts when that is on the disk.
extension Ingest {
  typealias Remember = CommandDecision.Remember

  /// - Parameter seen: the version that whoever acknowledges has seen.
  func acknowledge(
    _ alert: StableID, seen: Int?, by person: String, _ remember: @escaping Remember
  ) throws -> CommandOutcome {
    guard let subject = subject(of: alert) else {
      return try acknowledgeLeftOver(alert, seen: seen, by: person, remember)
    }
    return try answer(about: subject, remember) { book, occasion, _ throws(AnswerRefusal) in
      let alerts = try book.acknowledge(alert, seen: seen, by: person, at: occasion)
      return (alerts, CommandOutcome.Body(Acknowledge.Answer(alert, alerts.last)))
    }
  }

  /// One that is over and not acknowledged, and so old that only the journal has it: the clinic is told that it is open, so
  /// somebody must be able to close it.
  private func acknowledgeLeftOver(
    _ alert: StableID, seen: Int?, by person: String, _ remember: @escaping Remember
  ) throws -> CommandOutcome {
    try commitFirst()
    let open = try journal.assumeIsolated { try $0.openAlerts() }
    guard let old = open.first(where: { $0.alert == alert && $0.state == .clearedUnacknowledged }) else {
      return .refused(.notOpen)
    }
    let occasion = occasion(clock())
    var book = EpisodeBook()
    book.resume(of: old.resident, open: [old], pauses: [], day: DayMemory(), at: occasion) { elapsed(of: $0) }
    let alerts: [Alert]
    do throws(AnswerRefusal) {
      alerts = try book.acknowledge(alert, seen: seen, by: person, at: occasion)
    } catch {
      return Self.refused(error)
    }
    let outcome = CommandOutcome.done(body: CommandOutcome.Body(Acknowledge.Answer(alert, alerts.last)))
    try write(alerts.map(BatchItem.alert)) { try remember($0, outcome) }
    return outcome
  }

  /// - Parameter subject: whom it is about; the gateway itself for technical alerts. With an alert's pause it is whose the alert is.
  func begin(_ pause: Pause, of subject: ResidentID, _ remember: @escaping Remember) throws -> CommandOutcome {
    guard let subject = self.subject(of: pause.scope, subject) else { return .refused(.notOpen) }
    return try answer(about: subject, remember) { book, occasion, manners throws(AnswerRefusal) in
      let alerts = try book.begin(pause, at: occasion, manners: manners)
      let until = pause.untilWallMs.map(SiteTime.text)
      return (alerts, CommandOutcome.Body(PauseCommand.Answer(until: until, alerts: alerts.count)))
    }
  }

  func endPause(
    of scope: Pause.Scope, _ subject: ResidentID, _ remember: @escaping Remember
  ) throws -> CommandOutcome {
    guard let subject = self.subject(of: scope, subject) else { return .refused(.notPaused) }
    return try answer(about: subject, remember) { book, occasion, manners throws(AnswerRefusal) in
      let alerts = try book.endPause(of: scope, at: occasion, manners: manners)
      return (alerts, CommandOutcome.Body(PauseCommand.Answer(until: nil, alerts: alerts.count)))
    }
  }

  /// - Parameters:
  ///   - expected: the version that whoever changes them has seen; nil for who has seen none.
  ///   - change: what it throws is the answer, and nothing is changed.
  func change(
    _ resident: ResidentID, expected: Int64?, _ remember: @escaping Remember,
    by change: (inout PersonSettings) throws(CommandRefusal) -> Void
  ) throws -> CommandOutcome {
    var state = persons[resident] ?? PersonState(resident: resident)
    var settings = state.settings
    guard expected ?? 0 == Int64(settings.version) else {
      return .refused(.staleVersion, body: CommandOutcome.Body(["version": settings.version]))
    }
    guard settings.version > 0 || persons.values.count(where: { $0.settings.version > 0 }) < Self.mostPersons else {
      return .refused(BodyProblem.tooManyPersons)
    }
    do throws(CommandRefusal) { try change(&settings) } catch { return .refused(error) }
    settings.version += 1
    try commitFirst()
    state = persons[resident] ?? state
    let alerts = Evaluator.adopt(settings, at: occasion(clock()), state: &state, rules: rules)
    let outcome = CommandOutcome.done(body: CommandOutcome.Body(["version": settings.version]))
    var items = alerts.map(BatchItem.alert)
    items.append(.settings(settings, of: resident))
    let memory = BookMemory(state.book)
    items += memory.news(after: self.memory(of: resident), of: resident)
    try write(items) { try remember($0, outcome) }
    persons[resident] = state
    memories[resident] = memory
    plansChanged()
    return outcome
  }

  /// A home has a few; a mistaken program may name thousands.
  private static let mostPersons = 256

  /// Whether anything about them is known here.
  func knows(_ resident: ResidentID) -> Bool {
    resident == .gateway || persons[resident] != nil || enrolled.contains { $0.serves(resident) }
  }

  var settingsVersions: [ResidentID: Int] { persons.mapValues(\.settings.version).filter { $0.value > 0 } }

  // MARK: in one transaction

  private typealias Change = (inout EpisodeBook, Occasion, Manners) throws(AnswerRefusal) -> (
    alerts: [Alert], body: CommandOutcome.Body
  )

  private func answer(
    about subject: ResidentID, _ remember: @escaping Remember, _ change: Change
  ) throws -> CommandOutcome {
    try commitFirst()
    var book = self.book(of: subject)
    let alerts: [Alert]
    let outcome: CommandOutcome
    do throws(AnswerRefusal) {
      let changed = try change(&book, occasion(clock()), rules.manners)
      (alerts, outcome) = (changed.alerts, .done(body: changed.body))
    } catch {
      return Self.refused(error)
    }
    var items = alerts.map(BatchItem.alert)
    let memory = BookMemory(book)
    items += memory.news(after: self.memory(of: subject), of: subject)
    try write(items) { try remember($0, outcome) }
    memories[subject] = memory
    if subject == .gateway {
      technical.book = book
    } else {
      persons[subject, default: PersonState(resident: subject)].book = book
    }
    return outcome
  }

  /// What has come before is on the disk before it, in its order.
  private func commitFirst() throws {
    drain()
    commit()
    if let writeError { throw writeError }
  }

  private static func refused(_ refusal: AnswerRefusal) -> CommandOutcome {
    switch refusal {
    case .unknown: .refused(.notOpen)
    case .acknowledged(let first):
      .refused(.alreadyAcknowledged, body: CommandOutcome.Body(Acknowledge.First(first)))
    case .stale(let version): .refused(.staleVersion, body: CommandOutcome.Body(["version": version]))
    case .notPaused: .refused(.notPaused)
    case .unpausable: .refused(.unpausable)
    }
  }

  func book(of subject: ResidentID) -> EpisodeBook {
    subject == .gateway ? technical.book : persons[subject]?.book ?? EpisodeBook()
  }

  /// In whose book an open alert stands.
  private func subject(of alert: StableID) -> ResidentID? {
    if technical.episodes.contains(where: { $0.alert == alert }) { return .gateway }
    return persons.values.first { $0.episodes.contains { $0.alert == alert } }?.resident
  }

  private func subject(of scope: Pause.Scope, _ resident: ResidentID) -> ResidentID? {
    if case .alert(let alert) = scope { subject(of: alert) } else { resident }
  }
}
