// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import FoundationEssentials
import Gateway
import Glibc
import Texts

struct Pair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pairs with a device and enrols it for a resident.",
    discussion: "A passkey is asked for on the terminal, or read from the first line of standard input.")

  @Argument(help: "The device's Bluetooth address, F5:F1:F2:F3:F4:01.") var address: String
  @Option(help: "The resident's id, as the clinic issued it.") var resident: String
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await DaemonClient.use { daemon in
      let answer = try await daemon.call("Pair", [.string(address), .string(resident), .properties([])])
      guard case .descriptor(let descriptor) = answer.content else {
        throw Failure(Text(zh: "The daemon sent no conversation.", en: "The daemon sent no conversation."))
      }
      try converse(over: descriptor)
    }
  }

  /// Reads what the daemon says until the end; answers its questions.
  private func converse(over descriptor: OwnedDescriptor) throws {
    var reader = LineReader(descriptor: descriptor.raw)
    while let line = reader.next() {
      guard let message = try? JSONDecoder().decode(PairingMessage.self, from: Data(line.utf8)) else { continue }
      if common.json { Terminal.out(line) }
      if let error = message.error {
        throw Failure(Text(zh: "Pairing failed: \(error)", en: "Pairing failed: \(error)"))
      }
      if let device = message.device {
        if !common.json {
          Terminal.out("\(device) is enrolled for \(resident) (\(message.profiles?.joined(separator: ", ") ?? "")).")
        }
        return
      }
      if let question = message.question {
        let reply = question == "passkey" ? try askPasskey() : askConfirmation(message.passkey ?? 0)
        var line = try JSONText.encode(reply)
        line.append(UInt8(ascii: "\n"))
        _ = write(descriptor.raw, line, line.count)
      } else if !common.json, let text = text(of: message) {
        Terminal.out(text)
      }
    }
    throw Failure(
      Text(
        zh: "The daemon ended the conversation. See: journalctl -u vigild",
        en: "The daemon ended the conversation. See: journalctl -u vigild"))
  }

  private func text(of message: PairingMessage) -> String? {
    switch message.progress {
    case "searching": "Looking for \(address) … (switch it on, or start a measurement)"
    case "found": "Found \(message.name ?? address)."
    case "pairing": "Pairing …"
    case "bonded": "Paired."
    default: nil
    }
  }

  private func askPasskey() throws -> PairingReply {
    if isatty(STDIN_FILENO) != 0 { Terminal.err("Type the six digits that the device shows:") }
    let digits = (readLine() ?? "").filter { !$0.isWhitespace }
    guard (1...6).contains(digits.utf8.count), UInt32(digits) != nil, digits.first?.isNumber == true else {
      throw Failure(
        Text(
          zh: "Pairing failed: a passkey is the six digits that the device shows. Try again.",
          en: "Pairing failed: a passkey is the six digits that the device shows. Try again."))
    }
    return PairingReply(passkey: digits)
  }

  private func askConfirmation(_ passkey: Int) -> PairingReply {
    let digits = String(passkey)
    Terminal.err("Does the device show \(String(repeating: "0", count: max(0, 6 - digits.count)) + digits)? [y/n]")
    return PairingReply(confirm: ["y", "yes", "是"].contains((readLine() ?? "").lowercased()))
  }
}

/// Lines of a descriptor, blocking.
struct LineReader {
  let descriptor: Int32
  private var buffer: [UInt8] = []

  init(descriptor: Int32) { self.descriptor = descriptor }

  mutating func next() -> String? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeSubrange(...end) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      var chunk = [UInt8](repeating: 0, count: 1024)
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      buffer += chunk.prefix(count)
    }
  }
}
