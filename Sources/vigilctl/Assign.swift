// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import Texts
import Vitals

struct Assign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: AssignTexts.abstract.here, discussion: AssignTexts.discussion.here)

  @Argument(help: PairTexts.forgetHelp.help) var device: String
  @Option(help: AssignTexts.userHelp.help) var user: Int
  @Option(help: AssignTexts.residentHelp.help) var resident: String?
  @Flag(help: AssignTexts.nobodyHelp.help) var nobody = false
  @Flag(help: AssignTexts.consentHelp.help) var consent = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard UserSlots.users.contains(user) else { throw ValidationError(AssignTexts.notAUser.here) }
    guard (resident == nil) == nobody else { throw ValidationError(AssignTexts.residentOrNobody.here) }
    guard let resident else {
      if consent { throw ValidationError(AssignTexts.consentOfNobody.here) }
      return
    }
    guard let id = ResidentID(resident), id != .unassigned, id != .gateway else {
      throw ValidationError(DaemonTexts.notAResident.here)
    }
  }

  func run() async throws {
    try await DaemonClient.use { daemon in
      let whose = resident ?? ResidentID.unassigned.description
      let arguments: [BusValue] = [.string(device), .uint32(UInt32(clamping: user)), .string(whose)]
      let answer =
        consent
        ? try await daemon.call("AssignWithConsent", arguments + [.uint16(ConsentPrompt.read().value)])
        : try await daemon.call("Assign", arguments)
      let id = answer.string ?? device
      if common.json {
        let resident = resident.map { "\"\($0)\"" } ?? "null"
        let consent = consent ? #""consent":true,"# : ""
        Terminal.out(#"{"assigned":"\#(id)",\#(consent)"resident":\#(resident),"user":\#(user)}"#)
      } else {
        Terminal.out(AssignTexts.assigned(device: id, user: user, resident: resident))
        if consent { Terminal.out(AssignTexts.consentKept) }
      }
    }
  }
}
