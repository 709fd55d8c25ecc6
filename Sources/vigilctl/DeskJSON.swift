// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import Gateway

/// The lines of `watch --clinic --json`. A key is always there, `null` where there is nothing.
enum DeskJSON {
  /// What could not be read, and what there was no room for, so far.
  struct Counts: Equatable, Encodable {
    let event = "counts"
    let malformed: Int
    let refused: Int
  }

  struct Broker: Encodable {
    let event = "broker"
    /// `connecting`, `connected`, `refused` (the subscription), `away`.
    let state: String
    @NullWhenMissing var reason: String?
  }

  private struct Gateway: Encodable {
    let event = "gateway"
    let gateway: String
    /// `unknown`, `online`, `offline`, `lost`, `gone`.
    let state: String
    /// Of one that is lost, which is the technical condition ND-4; null otherwise.
    @NullWhenMissing var rule: String? = nil
    @NullWhenMissing var category: String? = nil
    @NullWhenMissing var priority: String? = nil
    /// By this machine's clock, as everywhere.
    @NullWhenMissing var at: String? = nil
  }

  /// What became of a command of this desk.
  private struct Command: Encodable {
    let event = "command"
    let name = "acknowledge"
    /// `sent`, `unanswered` (so far), `expired`, `undeliverable`, `done`, `refused`, `not-sent`.
    let state: String
    /// Why not.
    @NullWhenMissing var code: String? = nil
    @NullWhenMissing var text: [String: String]? = nil
    @NullWhenMissing var request: String? = nil
    @NullWhenMissing var gateway: String? = nil
    @NullWhenMissing var alert: String? = nil
    /// As whoever acknowledged it saw it.
    @NullWhenMissing var version: Int64? = nil
    /// Who has acknowledged it before.
    @NullWhenMissing var by: String? = nil
    @NullWhenMissing var acknowledgedAt: String? = nil
    @NullWhenMissing var at: String? = nil
  }

  static func line(_ event: DeskEvent, _ sight: DeskFollower.Sight) -> String {
    let moment = sight.moment
    switch event {
    case .alert(let alert, let change): return encode(DeskAlertLine(alert, change: change.rawValue, at: moment))
    case .ended(let alert, let end):
      return encode(DeskAlertLine(alert, change: "ended", end: end.rawValue, at: moment))
    case .overdue(let alert): return encode(DeskAlertLine(alert, change: "overdue", at: moment))
    case .notice(let alert): return encode(DeskAlertLine(notice: alert, at: moment))
    case .gateway(let id, let presence): return gateway(id, presence.rawValue, isLost: presence == .lost, moment)
    case .gone(let id): return gateway(id, "gone", isLost: false, moment)
    case .command(let command): return self.command(command, moment)
    }
  }

  /// A command that was not sent.
  static func line(_ problem: DeskNote.Problem, alert: String?, at moment: DeskMoment) -> String {
    var line = Command(state: "not-sent")
    line.code = problem.rawValue
    line.text = problem.text.byTag
    line.alert = alert
    line.at = text(moment.wallMs)
    return encode(line)
  }

  private static func command(_ command: SentCommand, _ moment: DeskMoment) -> String {
    var line = Command(state: state(of: command.fate))
    line.request = command.request
    line.gateway = command.gateway
    line.alert = command.alert
    line.version = command.version
    line.at = text(moment.wallMs)
    switch command.fate {
    case .undeliverable(let code): line.code = "\(code)"
    case .refused(let result):
      line.code = result.code
      line.text = result.texts
      line.by = result.by
      line.acknowledgedAt = text(result.atMs)
    case .sent, .unanswered, .expired, .done: break
    }
    return encode(line)
  }

  private static func state(of fate: SentCommand.Fate) -> String {
    switch fate {
    case .sent: "sent"
    case .unanswered: "unanswered"
    case .expired: "expired"
    case .undeliverable: "undeliverable"
    case .done: "done"
    case .refused: "refused"
    }
  }

  private static func gateway(_ id: String, _ state: String, isLost: Bool, _ moment: DeskMoment) -> String {
    var line = Gateway(gateway: id, state: state)
    if isLost {
      line.rule = GatewayState.lostRule
      line.category = GatewayState.lostCategory
      line.priority = GatewayState.lostPriority.rawValue
    }
    line.at = text(moment.wallMs)
    return encode(line)
  }

  static func text(_ wallMs: Int64?) -> String? { wallMs.map(SiteTime.text) }

  static func encode(_ line: some Encodable) -> String {
    (try? JSONText.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
