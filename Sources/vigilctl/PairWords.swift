// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway
import Texts

/// What a technician reads of a pairing, and how answers are read.
struct PairWords {
  /// Names come from the air.
  private static let nameWidth = 40
  private static let width = 80

  let address: String
  let resident: String
  var language = Language.current

  /// What is to be said about a message, none for one that is not known.
  func lines(_ message: PairingMessage) -> [String] {
    if let device = message.device { return end(message, device) }
    switch message.progress {
    case .searching: return [PairTexts.searching(address: address)(in: language)]
    case .found: return [PairTexts.found(name: cut(message.name ?? address))(in: language)]
    case .pairing: return [PairTexts.pairing(in: language)]
    case .bonded: return [PairTexts.bonded(in: language)]
    case .examining: return [PairTexts.examining(in: language)]
    case .connecting: return [PairTexts.connecting(in: language)]
    case .listening: return [PairTexts.listening(in: language)]
    case .identified:
      return indented([
        (PairTexts.serial, message.serial), (PairTexts.model, message.model),
        (PairTexts.manufacturer, message.manufacturer),
      ])
    case .measure: return [PairTexts.measure(minutes: max(1, (message.seconds ?? 0) / 60))(in: language)]
    case .stored: return [PairTexts.stored(in: language)]
    case .unusable: return [PairTexts.unusable(in: language)]
    case .reading: return message.reading.map(values) ?? []
    case .delivered: return [delivery(message)(in: language)]
    case nil: return []
    }
  }

  private func delivery(_ message: PairingMessage) -> Text {
    if message.delivered == true { return PairTexts.delivered }
    if message.refusal != nil { return PairTexts.refused }
    return message.reason == nil ? PairTexts.deliveredLater : PairTexts.brokerAway
  }

  private func end(_ message: PairingMessage, _ device: String) -> [String] {
    let profiles = message.profiles ?? []
    let titles = message.titles ?? profiles.map { ProfileTitle(zh: $0, en: $0) }
    let kinds = zip(profiles, titles).filter { $0.0 != "bluetooth.battery" }
      .map { id, title in
        ScanTexts.deviceKind(ofProfile: id)?(in: language) ?? Text(zh: title.zh, en: title.en)(in: language)
      }
      .joined(separator: PairTexts.listComma(in: language))
    let line = { PairTexts.enrolled(device: device, resident: resident, kinds: $0)(in: language) }
    return [line(Layout.cut(kinds, to: Self.width - Layout.cells(line(""))))]
  }

  private func values(_ reading: PairingMessage.Reading) -> [String] {
    var rows = reading.values.map { value in
      (
        KindNames.name(ofKind: value.kind) ?? Text(zh: value.kind, en: value.kind),
        Optional("\(value.value)" + KindNames.suffix(ofUnit: value.unit)(in: language))
      )
    }
    if let time = reading.deviceTime {
      rows.append((PairTexts.deviceClock, String(time.map { $0 == "T" ? " " : $0 })))
    }
    return indented(rows)
  }

  private func indented(_ rows: [(Text, String?)]) -> [String] {
    Layout.table(rows.compactMap { name, value in value.map { [name(in: language), cut($0)] } }).map { "  " + $0 }
  }

  private func cut(_ text: String) -> String { Layout.cut(text, to: Self.nameWidth) }

  func prompt(_ question: PairingMessage) -> String {
    switch question.question {
    case .passkey: PairTexts.askPasskey(in: language)
    case .confirm: PairTexts.askConfirmation(digits: Self.digits(question.passkey ?? 0))(in: language)
    case .memory: PairTexts.askMemory(in: language)
    case .value, nil: PairTexts.askValue(in: language)
    }
  }

  /// `003127`, as a device shows it.
  private static func digits(_ passkey: Int) -> String {
    let digits = String(passkey)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// - Returns: nil for a line that is no answer.
  func reply(_ line: String, to question: PairingMessage) -> PairingReply? {
    let word = line.filter { !$0.isWhitespace }.lowercased()
    if question.question == .passkey {
      let isPasskey = word.utf8.count == 6 && word.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      return isPasskey ? PairingReply(passkey: word) : nil
    }
    // Only this one has an answer that is taken for granted.
    if question.question == .memory, word.isEmpty { return PairingReply(confirm: false) }
    return PairTexts.answer(word).map { PairingReply(confirm: $0) }
  }

  /// Why it came to nothing, and what to do next.
  ///
  /// - Parameter instead: what is said instead of the daemon's reason.
  func failure(_ message: PairingMessage, instead own: Text? = nil) -> Text {
    let why =
      own
      ?? PairTexts.failure(
        code: message.code ?? "", subject: Layout.cut(message.subject ?? address, to: Self.nameWidth),
        detail: message.error ?? "")
    return message.bondRemains == true ? PairTexts.withRemains(why) : why
  }
}
