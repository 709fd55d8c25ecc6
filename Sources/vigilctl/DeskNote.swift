// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway
import Texts

/// What the desk last had to say about something that its own people did.
struct DeskNote: Sendable, Equatable {
  /// Why a command was not sent.
  enum Problem: String, Sendable, Error {
    case readOnly = "read-only"
    case unknownAlert = "unknown-alert"
    case ambiguousAlert = "ambiguous-alert"
    case noTime = "no-time"
    case unreadable

    var text: Text {
      switch self {
      case .readOnly: DeskCommandTexts.readOnly
      case .unknownAlert: DeskCommandTexts.unknownAlert
      case .ambiguousAlert: DeskCommandTexts.ambiguousAlert
      case .noTime: DeskCommandTexts.noTime
      case .unreadable: DeskCommandTexts.unreadableLine
      }
    }
  }

  enum What: Sendable, Equatable {
    case command(SentCommand)
    /// - Parameter alert: as it was asked for.
    case problem(Problem, alert: String?)
  }

  /// 1, 2, 3…
  let number: Int
  let moment: DeskMoment
  let what: What

  var text: Text {
    switch what {
    case .problem(let problem, _): problem.text
    case .command(let command): Self.text(command)
    }
  }

  private static func text(_ command: SentCommand) -> Text {
    let alert = DeskCommandTexts.alert(rule: command.rule, resident: command.resident)
    switch command.fate {
    case .sent: return DeskCommandTexts.sent(alert)
    case .unanswered: return DeskCommandTexts.unanswered(alert, seconds: PendingCommands.patienceMs / 1000)
    case .expired: return DeskCommandTexts.expired(alert)
    case .undeliverable(16): return DeskCommandTexts.nobodyListens(alert)
    case .undeliverable(let code): return DeskCommandTexts.brokerRefuses(alert, code: code)
    case .done: return DeskCommandTexts.done(alert)
    case .refused(let result):
      if result.code == "already-acknowledged", let by = result.by {
        return DeskCommandTexts.already(alert, by: by, time: result.atMs.map { DeskClock.minute($0) })
      }
      let english = result.texts["en"] ?? result.code ?? "?"
      return DeskCommandTexts.refused(alert, reason: Text(zh: result.texts["zh"] ?? english, en: english))
    }
  }
}
