// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import Gateway
import Texts
import Vitals

struct Pair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: PairTexts.abstract.here, discussion: PairTexts.discussion.here)

  @Argument(help: PairTexts.addressHelp.help) var address: String
  @Option(help: PairTexts.residentHelp.help) var resident: String
  @Flag(help: PairTexts.yesHelp.help) var yes = false
  @Flag(help: PairTexts.withoutReadingHelp.help) var withoutReading = false
  @Flag(help: PairTexts.takeMemoryHelp.help) var takeMemory = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard DeviceAddress(address) != nil else { throw ValidationError(DaemonTexts.notAnAddress.here) }
    guard let id = ResidentID(resident), id != .unassigned, id != .gateway else {
      throw ValidationError(DaemonTexts.notAResident.here)
    }
  }

  func run() async throws {
    try await DaemonClient.use { daemon in
      let answer = try await daemon.call(
        "Pair",
        [.string(address), .string(resident), .properties([("withoutReading", .bool(withoutReading))])])
      guard case .descriptor(let descriptor) = answer.content else {
        throw Failure(DaemonTexts.emptyAnswer(method: "Pair"))
      }
      var dialogue = PairDialogue(
        descriptor: descriptor, words: PairWords(address: address.uppercased(), resident: resident),
        isJSON: common.json, saysYes: yes, takesMemory: takeMemory)
      try dialogue.run()
    }
  }
}
