// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway
import Synchronization
import Texts

/// What `watch --clinic` says without a terminal: a line for each change, for people or as JSON.
final class DeskLines: Sendable {
  enum Line: Equatable {
    /// On standard output.
    case result(String)
    /// About the broker and what went wrong, on standard error.
    case remark(String)
  }

  private struct Told {
    var state: String?
    var trouble: Text?
    var counts = DeskJSON.Counts(malformed: 0, refused: 0)
    var note = 0
  }

  private let isJSON: Bool
  private let language: Language
  private let told = Mutex(Told())

  init(isJSON: Bool, language: Language) {
    self.isJSON = isJSON
    self.language = language
  }

  /// - Parameter events: none where only time has passed.
  func next(_ events: [DeskEvent], _ sight: DeskFollower.Sight) -> [Line] {
    broker(sight) + events.map { .result(isJSON ? DeskJSON.line($0, sight) : text($0, sight)) } + problem(sight)
      + counts(sight)
  }

  // MARK: the broker, and what could not be read

  private func broker(_ sight: DeskFollower.Sight) -> [Line] {
    var reason: String?
    let state: String
    switch sight.link {
    case .connecting, .subscribing: state = "connecting"
    case .subscribed: state = "connected"
    case .refused(let code): (state, reason) = ("refused", "\(code)")
    case .away(let why): (state, reason) = ("away", why)
    }
    let trouble = sight.trouble
    return told.withLock { told in
      var lines: [Line] = []
      if told.state != state, state != "connecting" {
        if isJSON { lines.append(.result(DeskJSON.encode(DeskJSON.Broker(state: state, reason: reason)))) }
        if state == "connected" { lines.append(.remark(DeskTexts.connected(in: language))) }
        told.state = state
      }
      if state != "connecting", told.trouble != trouble {
        if let trouble { lines.append(.remark("vigilctl: " + Layout.plain(trouble(in: language)))) }
        told.trouble = trouble
      }
      return lines
    }
  }

  /// Why something was not sent that somebody wanted to be sent.
  private func problem(_ sight: DeskFollower.Sight) -> [Line] {
    guard let note = sight.note, told.withLock({ $0.note != note.number }) else { return [] }
    told.withLock { $0.note = note.number }
    guard case .problem(let problem, let alert) = note.what else { return [] }
    let remark = Line.remark("vigilctl: " + Layout.plain(note.text(in: language)))
    return isJSON ? [.result(DeskJSON.line(problem, alert: alert, at: note.moment)), remark] : [remark]
  }

  private func counts(_ sight: DeskFollower.Sight) -> [Line] {
    let counts = DeskJSON.Counts(malformed: sight.desk.malformed, refused: sight.desk.refused)
    return told.withLock { told in
      guard told.counts != counts else { return [] }
      told.counts = counts
      let text = DeskTexts.missed(malformed: counts.malformed, refused: counts.refused)(in: language)
      return isJSON ? [.result(DeskJSON.encode(counts))] : [.remark(text)]
    }
  }

  // MARK: text

  private func text(_ event: DeskEvent, _ sight: DeskFollower.Sight) -> String {
    let time = DeskClock.timeOfDay(sight.moment.wallMs)
    switch event {
    case .alert(let alert, let change):
      return text(alert, DeskTexts.change(change.rawValue), standing: nil, sight, time)
    case .ended(let alert, let end):
      return text(alert, DeskTexts.change("ended"), standing: DeskTexts.end(end.rawValue), sight, time)
    case .overdue(let alert): return text(alert, DeskStateTexts.becameOverdue, standing: nil, sight, time)
    case .notice(let alert): return text(alert, DeskStateTexts.notice, standing: nil, sight, time)
    case .command(let command):
      return "\(time)  \(DeskNote(number: 0, moment: sight.moment, what: .command(command)).text(in: language))"
    case .gone(let id): return "\(time)  \(DeskTexts.isGone(gateway: id)(in: language))"
    case .gateway(let id, let presence):
      let gateway = sight.desk.gateways.first { $0.id == id }
      let text: Text =
        switch presence {
        case .unknown: DeskTexts.isKnown(gateway: id)
        case .online: DeskTexts.isOnline(gateway: id)
        case .offline: DeskTexts.isOffline(gateway: id, since: nil)
        case .lost: gateway.map { DeskClock.lost($0, at: sight.moment) } ?? DeskTexts.lost
        }
      let mark = presence == .lost ? DeskClock.lostMark(in: language) + "  " : ""
      return "\(time)  \(mark)\(text(in: language))"
    }
  }

  private func text(
    _ alert: DeskAlert, _ change: Text, standing: Text?, _ sight: DeskFollower.Sight, _ time: String
  ) -> String {
    let parts = [
      time, change(in: language), alert.gateway, WatchTexts.mark(ofPriority: alert.facts.priority.rawValue),
      WatchTexts.priority(alert.facts.priority.rawValue)(in: language), alert.facts.rule, alert.facts.resident,
      (standing ?? DeskClock.standing(of: alert, at: sight.moment))(in: language),
      DeskClock.words(of: alert)(in: language),
    ]
    return parts.joined(separator: "  ")
  }
}
