// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicCommands
import Journal

/// What a command of one name does.
package protocol CommandEffect: Sendable {
  /// Looks whether and how it can be done, and changes nothing.
  func decide(_ proven: CommandGate.Proven) async -> CommandDecision
}

package enum CommandDecision: Sendable {
  case refused(CommandRefusal, body: CommandOutcome.Body? = nil)
  /// `perform` is called once, after the request is on the disk.
  case todo(answer: CommandOutcome.Body, perform: @Sendable () async -> Void)
  /// `perform` does it and remembers the request in one transaction, so that there is nothing between the two. What it
  /// refuses has changed nothing and is not remembered yet. It throws where nothing could be written.
  case together(perform: @Sendable (@escaping Remember) async throws -> CommandOutcome)

  /// Writes the request with what became of it; on the journal's executor, inside the transaction of the effect.
  package typealias Remember = @Sendable (Journal.Writer, CommandOutcome) throws -> Void
}
