// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands

/// What became of a command.
package enum CommandOutcome: Sendable {
  case done(body: Body)
  case refused(CommandRefusal, body: Body? = nil)

  /// What the answer's `body` says.
  package struct Body: Encodable, Sendable {
    private let base: any Encodable & Sendable

    init(_ base: some Encodable & Sendable) { self.base = base }

    package func encode(to encoder: any Encoder) throws { try base.encode(to: encoder) }
  }

  var name: String { refusal == nil ? "done" : "refused" }

  var refusal: CommandRefusal? {
    if case .refused(let refusal, _) = self { refusal } else { nil }
  }

  /// Tells outcomes of one request apart.
  var code: String { refusal?.rawValue ?? name }

  var body: Body? {
    switch self {
    case .done(let body): body
    case .refused(_, let body): body
    }
  }
}

extension CommandOutcome {
  static func refused(_ problem: BodyProblem) -> CommandOutcome {
    .refused(.badBody, body: Body(["detail": problem.text.byTag]))
  }
}

extension CommandDecision {
  static func refused(_ problem: BodyProblem) -> CommandDecision {
    .refused(.badBody, body: CommandOutcome.Body(["detail": problem.text.byTag]))
  }
}
