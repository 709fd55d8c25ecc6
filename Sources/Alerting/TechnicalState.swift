// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

/// The technical episodes: one for each condition that holds.
package struct TechnicalState: Sendable, Equatable {
  package var book = EpisodeBook()
  /// What was last said of each condition. They are judged every second, and mostly nothing has changed.
  private var said: [TechnicalCondition: Bool] = [:]

  private static let mostSaid = 4096

  package init() {}

  /// The oldest first.
  package var episodes: [Episode] { book.episodes }

  /// Takes open episodes up again; those of the rules about persons are left out, also where they are about measurements.
  package mutating func resume(
    open: [Alert], pauses: [Pause], day: DayMemory, at occasion: Occasion, elapsed: (Moment) -> Int64
  ) {
    said = [:]
    book.resume(
      of: .gateway, open: open.filter(\.isOfBox), pauses: pauses, day: day, at: occasion, elapsed: elapsed)
  }

  /// - Returns: the transitions that this makes; none where nothing has changed, or where a more serious one of the same
  ///   thing holds.
  package mutating func set(
    _ condition: TechnicalCondition, holds: Bool, at occasion: Occasion, manners: Manners
  ) -> [Alert] {
    guard said[condition] != holds else { return [] }
    if holds, let worse = condition.worse, book.has(worse) { return [] }
    if said.count >= Self.mostSaid { said = [:] }
    said[condition] = holds
    guard holds else { return book.end(technical: condition, text: condition.endText, at: occasion) }
    let milder = condition.milder.map { [$0] } ?? []
    for condition in milder { said[condition] = nil }
    return book.begin(
      technical: condition, name: condition.name, text: condition.startText, superseding: milder, at: occasion,
      manners: manners)
  }

  package mutating func tick(at occasion: Occasion, isHeard: Bool, manners: Manners) -> [Alert] {
    book.tick(at: occasion, isHeard: isHeard, manners: manners)
  }

  /// Ends what is about devices that are not there any more, or are another person's now.
  package mutating func devicesAre(
    _ devices: [(device: DeviceReference, resident: ResidentID)], at occasion: Occasion
  ) -> [Alert] {
    said = [:]
    return book.endAll(
      ofRules: TechnicalCondition.deviceRules,
      but: devices.flatMap { TechnicalCondition.all(of: $0.device, $0.resident) },
      text: TechnicalTexts.deviceIsGone, at: occasion)
  }

  // MARK: what the clinic answers

  /// - Parameter seen: the version that whoever acknowledges has seen.
  package mutating func acknowledge(
    _ alert: StableID, seen: Int?, by person: String, at occasion: Occasion
  ) throws(AnswerRefusal) -> [Alert] {
    try book.acknowledge(alert, seen: seen, by: person, at: occasion)
  }

  package mutating func begin(
    _ pause: Pause, at occasion: Occasion, manners: Manners
  ) throws(AnswerRefusal) -> [Alert] {
    try book.begin(pause, at: occasion, manners: manners)
  }

  package mutating func endPause(
    of scope: Pause.Scope, at occasion: Occasion, manners: Manners
  ) throws(AnswerRefusal) -> [Alert] {
    try book.endPause(of: scope, at: occasion, manners: manners)
  }
}
