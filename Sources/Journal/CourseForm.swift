// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// An episode's course in a column, a line for each thing: `at <moment>`, `since <moment>`, `began <moment>`,
/// `acknowledged <moment> <by>`, `pause <id> <scope> <moment> <milliseconds or -> <by>`, `reason <text>`, `undelivered`,
/// `asked <version>`, `name-zh <text>`, `start-zh <text>` and so on for each language.
///
/// A moment is `<boot>/<monotonic>/<wall or ->/<0 or 1>`, a pause's scope `resident`, `rule:OX-1` or `alert:<id>`.
extension StoredForm {
  static func text(_ course: Alert.Course) -> String {
    var lines = ["at \(text(course.at))", "since \(text(course.since))", "began \(text(course.began))"]
    if let seen = course.acknowledgement { lines.append("acknowledged \(text(seen.at)) \(oneLine(seen.by))") }
    if let pause = course.pause {
      lines.append(
        "pause \(pause.id) \(text(pause.scope)) \(text(pause.from)) \(pause.milliseconds.map(String.init) ?? "-") "
          + oneLine(pause.by))
      lines.append("reason \(oneLine(pause.reason))")
    }
    if course.undelivered { lines.append("undelivered") }
    lines.append("asked \(course.asked)")
    for (language, name) in course.name.sorted(by: { $0.key < $1.key }) {
      lines.append("name-\(language) \(oneLine(name))")
    }
    for (language, start) in course.start.sorted(by: { $0.key < $1.key }) {
      lines.append("start-\(language) \(oneLine(start))")
    }
    return lines.joined(separator: "\n")
  }

  /// nil where it cannot be read.
  static func course(_ text: String) -> Alert.Course? {
    var words: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      words[parts[0]] = parts.count > 1 ? parts[1] : ""
    }
    guard let at = words["at"].flatMap(moment), let since = words["since"].flatMap(moment),
      let began = words["began"].flatMap(moment), let asked = words["asked"].flatMap({ Int($0) })
    else { return nil }
    var course = Alert.Course(at: at, since: since, began: began)
    course.asked = asked
    for (word, text) in words {
      if word.hasPrefix("name-") { course.name[String(word.dropFirst(5))] = String(text) }
      if word.hasPrefix("start-") { course.start[String(word.dropFirst(6))] = String(text) }
    }
    if let line = words["acknowledged"] {
      let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let at = moment(parts[0]) else { return nil }
      course.acknowledgement = Alert.Acknowledgement(by: String(parts[1]), at: at)
    }
    if let line = words["pause"] {
      let parts = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
      guard parts.count == 5, let id = StableID(hex: parts[0]), let scope = scope(parts[1]),
        let from = moment(parts[2]), parts[3] == "-" || Int64(parts[3]) != nil
      else { return nil }
      course.pause = Pause(
        id: id, scope: scope, reason: String(words["reason"] ?? ""), by: String(parts[4]), from: from,
        milliseconds: Int64(parts[3]))
    }
    course.undelivered = words["undelivered"] != nil
    return course
  }

  static func text(_ scope: Pause.Scope) -> String {
    switch scope {
    case .resident: "resident"
    case .rule(let rule): "rule:\(rule)"
    case .alert(let alert): "alert:\(alert)"
    }
  }

  static func scope(_ text: some StringProtocol) -> Pause.Scope? {
    if text == "resident" { return .resident }
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "rule": return .rule(String(parts[1]))
    case "alert": return StableID(hex: parts[1]).map { .alert($0) }
    default: return nil
    }
  }

  private static func text(_ moment: Moment) -> String {
    "\(moment.bootID)/\(moment.monotonicMs)/\(moment.wallMs.map(String.init) ?? "-")/\(moment.synchronized ? 1 : 0)"
  }

  private static func moment(_ text: Substring) -> Moment? {
    let parts = text.split(separator: "/")
    guard parts.count == 4, let monotonicMs = Int64(parts[1]), parts[2] == "-" || Int64(parts[2]) != nil else {
      return nil
    }
    return Moment(
      bootID: String(parts[0]), monotonicMs: monotonicMs, wallMs: Int64(parts[2]), synchronized: parts[3] == "1")
  }

  /// What people have written has no line breaks: whoever takes it from them sees to that.
  static func oneLine(_ text: String) -> String {
    text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: " ") : text
  }
}
