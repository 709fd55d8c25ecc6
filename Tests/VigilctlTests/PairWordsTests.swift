// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials
import Gateway
import Testing
import Texts

@testable import vigilctl

@Suite struct PairWordsTests {
  static let address = "F5:F1:F2:F3:F4:02"

  func words(_ language: Language) -> PairWords {
    PairWords(address: Self.address, resident: String(repeating: "r", count: 32), language: language)
  }

  /// All that a conversation can say, with the longest of what may come from the air.
  static let messages: [PairingMessage] = {
    let name = String(repeating: "血压计", count: 21)
    var found = PairingMessage(.found)
    found.name = name
    var identified = PairingMessage(.identified)
    (identified.serial, identified.model, identified.manufacturer) = (name, name, name)
    var measure = PairingMessage(.measure)
    measure.seconds = 899
    var delivered = PairingMessage(.delivered)
    delivered.delivered = true
    var waiting = PairingMessage(.delivered)
    waiting.delivered = false
    var away = waiting
    away.reason = "Connection refused"
    var reading = PairingMessage(.reading)
    let text = #"""
      {"age":"unknown","quality":"valid","deviceTime":"2026-03-14T08:05:30","values":[
      {"kind":"pulse-amplitude-index","value":12.75,"unit":"%"},{"kind":"mean-arterial","value":96,"unit":"mm[Hg]"},
      {"kind":"a-new-kind","value":1,"unit":"xyz"}]}
      """#
    reading.reading = try? JSONDecoder().decode(PairingMessage.Reading.self, from: Data(text.utf8))
    var done = PairingMessage()
    (done.device, done.profiles) = ("d-2", ["bluetooth.battery", "bluetooth.blood-pressure", "example.thing"])
    return [
      PairingMessage(.searching), found, PairingMessage(.pairing), PairingMessage(.bonded), identified, measure,
      PairingMessage(.stored), PairingMessage(.unusable), reading, delivered, waiting, away, done,
    ]
  }()

  @Test(arguments: Language.allCases) func everythingIsSaidAndFits(in language: Language) throws {
    for message in Self.messages {
      let lines = words(language).lines(message)
      #expect(!lines.isEmpty, "\(message)")
      for line in lines { #expect(Layout.cells(line) <= 80, "\(line)") }
    }
    for question in [PairingMessage.Question.passkey, .confirm, .memory, .value] {
      let lines = words(language).prompt(PairingMessage(asking: question)).split(separator: "\n").map(String.init)
      for line in lines { #expect(Layout.cells(line) <= 80, "\(line)") }
      // There is room for the answer.
      let last = try #require(lines.last)
      #expect(Layout.cells(last) < 76, "\(last)")
    }
  }

  @Test func valuesStandInColumns() throws {
    let reading = try #require(Self.messages.first { $0.reading != nil })
    #expect(
      words(.en).lines(reading) == [
        "  pulse amplitude index   12.75 %", "  mean arterial pressure  96 mmHg", "  a-new-kind              1 xyz",
        "  device's clock          2026-03-14 08:05:30",
      ])
    #expect(words(.zh).lines(reading)[1] == "  平均压      96 mmHg")
  }

  @Test func theDigitsOfAComparisonAreSix() {
    var question = PairingMessage(asking: .confirm)
    question.passkey = 1234
    #expect(words(.en).prompt(question).contains("001234"))
  }

  @Test func answers() {
    let (passkey, value) = (PairingMessage(asking: .passkey), PairingMessage(asking: .value))
    let words = words(.zh)
    #expect(words.reply(" 012 345 ", to: passkey) == PairingReply(passkey: "012345"))
    for wrong in ["", "12345", "1234567", "-12345", "１２３４５６", "y"] { #expect(words.reply(wrong, to: passkey) == nil) }
    for yes in ["y", "YES", "是", "对 "] { #expect(words.reply(yes, to: value) == PairingReply(confirm: true)) }
    for no in ["n", "No", "否", "不是"] { #expect(words.reply(no, to: value) == PairingReply(confirm: false)) }
    for neither in ["", "1", "maybe", "yn"] { #expect(words.reply(neither, to: value) == nil) }
  }

  @Test func onlyWhatIsDeletedHasAnAnswerForGranted() {
    let words = words(.en)
    for enter in ["", "  "] {
      #expect(words.reply(enter, to: PairingMessage(asking: .memory)) == PairingReply(confirm: false))
      for other in [PairingMessage.Question.passkey, .confirm, .value] {
        #expect(words.reply(enter, to: PairingMessage(asking: other)) == nil)
      }
    }
    #expect(words.reply("Y", to: PairingMessage(asking: .memory)) == PairingReply(confirm: true))
    #expect(words.reply("yn", to: PairingMessage(asking: .memory)) == nil)
  }

  @Test func everyCodeHasItsSentence() {
    var sentences: Set<String> = []
    for code in PairingCode.allCases where code != .unknown {
      let text = PairTexts.byCode(code.rawValue, Self.address)
      #expect(text != nil, "\(code.rawValue) has no text")
      if let text { sentences.insert(text.en) }
    }
    // `interrupted` is what `stopping` is, seen from later.
    #expect(sentences.count == PairingCode.allCases.count - 2)
  }

  @Test func anUnknownCodeShowsTheOriginal() {
    var message = PairingMessage()
    (message.error, message.code) = ("the moon is in the way", "moon")
    #expect(words(.en).failure(message).zh.contains("the moon is in the way"))
    message.bondRemains = true
    #expect(words(.en).failure(message).en.contains("as soon as bluetoothd is back"))
  }
}
