// SPDX-License-Identifier: GPL-3.0-or-later
@testable import ClinicDesk

/// Messages as they stand on the wire.
enum JSON {
  static func text(_ message: DeskMessage) -> (kind: String, json: String) {
    switch message {
    case .alert(let alert): ("alert/\(alert.facts.resident)", text(alert))
    case .openAlerts(let list): ("alerts", text(list))
    default: ("health", health())
    }
  }

  static func text(_ message: AlertMessage) -> String {
    """
    {"schema":"vigil.alert/1","id":"0193","epoch":"\(message.epoch)","lane":"alert","seq":\(number(message.seq)),\
    "phase":"\(message.details.phase)",\(text(message.facts)),"evidence":[{"values":[{"kind":"spo2","value":86,\
    "unit":"%"}],"observedAt":null}],"text":{"zh":"血氧 86%，低于 90%","en":"SpO2 86 %, below 90 %"}}
    """
  }

  static func text(_ message: OpenAlertsMessage) -> String {
    """
    {"schema":"vigil.alerts/1","id":"f29b","epoch":"\(message.epoch)","upTo":\(number(message.upTo)),\
    "total":\(number(message.total)),"alerts":[\(message.alerts.map { "{\(text($0))}" }.joined(separator: ","))]}
    """
  }

  static func text(_ facts: AlertFacts) -> String {
    """
    "alert":"\(facts.alert)","version":\(facts.version),"resident":"\(facts.resident)","rule":"\(facts.rule)",\
    "state":"\(facts.state.name)","category":"physiological","priority":"\(facts.priority)","level":1,"raisedAt":null,\
    "acknowledgedBy":\(facts.acknowledgedBy.map { "\"\($0)\"" } ?? "null"),\
    "ruleName":{"zh":"血氧过低","en":"low oxygen saturation"}
    """
  }

  static func health(epoch: String = "e") -> String {
    """
    {"schema":"vigil.health/1","id":"a29b","epoch":"\(epoch)","health":{"version":"0.1.0","wallClockKnown":true,\
    "queues":[{"lane":"alert","lastSeq":43,"waiting":2},{"lane":"reading","lastSeq":9,"waiting":3}],\
    "bluetooth":{"available":true,"powered":true},"storage":{"freeBytes":1},\
    "devices":[{"id":"d-1","state":"connected"},{"id":"d-2","state":"searching"}]}}
    """
  }

  static func status(_ state: String, epoch: String = "e") -> String {
    #"{"schema":"vigil.status/1","id":"e29b","epoch":"\#(epoch)","state":"\#(state)","version":"0.1.0"}"#
  }

  private static func number(_ value: Int64?) -> String { value.map { "\($0)" } ?? "null" }
}
