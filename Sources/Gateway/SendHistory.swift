// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import Journal

/// `send-history`: messages of the ledger again, as they were, for a clinic that lacks them.
struct SendHistory: CommandEffect {
  /// Numbers at once.
  var most: Int64 = 100_000

  /// `body` of the command, and of the answer with the numbers that there are.
  struct Wanted: Codable {
    let epoch: String
    let lane: String
    let fromSeq: Int64
    let toSeq: Int64
  }

  let journal: Journal
  /// Whether it is still at what was asked for before, and has no room for more.
  let isBusy: @Sendable () async -> Bool
  let resend: @Sendable (Lane, ClosedRange<Int64>) async -> Void

  func decide(_ proven: CommandGate.Proven) async -> CommandDecision {
    guard let wanted = proven.command.body(Wanted.self), wanted.fromSeq >= 1,
      let lane = Lane.allCases.first(where: { $0.name == wanted.lane })
    else { return .refused(.badBody) }
    guard wanted.epoch == journal.epoch else { return .refused(.unknownEpoch) }
    let position: LanePosition
    do { position = try await journal.position(lane) } catch { return .refused(.storage) }
    let last = min(wanted.toSeq, position.nextSeq &- 1)
    guard wanted.fromSeq <= last else { return .refused(.emptyRange) }
    // Both are 1 or more.
    guard last - wanted.fromSeq < most else { return .refused(.tooMany) }
    guard await !isBusy() else { return .refused(.busy) }
    let answer = Wanted(epoch: wanted.epoch, lane: wanted.lane, fromSeq: wanted.fromSeq, toSeq: last)
    return .todo(answer: CommandOutcome.Body(answer)) { [resend] in await resend(lane, answer.fromSeq...last) }
  }
}
