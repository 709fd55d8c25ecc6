// SPDX-License-Identifier: GPL-3.0-or-later
import DBus
import FoundationEssentials
import Gateway
import Glibc
import Texts

/// The technician's side of a pairing: what the daemon says is shown, what it asks is answered from standard input.
///
/// It watches both at once, and signals: a question can become void, and Ctrl-C has to wait until nothing is left.
struct PairDialogue {
  /// For the daemon to put everything back; bluetoothd takes 2 s to end a link, and a device may have to be waited for.
  private static let cancelLimit = Duration.seconds(30)

  let words: PairWords
  let isJSON: Bool
  let saysYes: Bool
  let takesMemory: Bool
  private let descriptor: OwnedDescriptor
  private var daemon: LineBuffer
  private var input = LineBuffer(STDIN_FILENO)
  private let isTerminal = isatty(STDIN_FILENO) != 0
  private var question: PairingMessage?
  /// When waiting for the daemon's word ends, after the technician has ended the pairing.
  private var giveUpAt: ContinuousClock.Instant?
  /// Said instead of the daemon's reason.
  private var ownReason: Text?

  init(descriptor: OwnedDescriptor, words: PairWords, isJSON: Bool, saysYes: Bool, takesMemory: Bool) {
    self.words = words
    self.isJSON = isJSON
    self.saysYes = saysYes
    self.takesMemory = takesMemory
    self.descriptor = descriptor
    daemon = LineBuffer(descriptor.raw)
  }

  /// Returns when the device is enrolled.
  ///
  /// - Throws: ``Failure`` with the sentence that says why not.
  mutating func run() throws {
    let signals = Interrupt.catchSignals()
    while true {
      while let line = daemon.next() { if try hear(line) { return } }
      if daemon.hasEnded {
        if question != nil, isTerminal, giveUpAt == nil { Terminal.err("") }
        throw Failure(PairTexts.daemonEnded)
      }
      try answer()
      var watched = [
        pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
        pollfd(fd: question == nil || giveUpAt != nil ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&watched, nfds_t(watched.count), try patience())
      guard count > 0 else { continue }
      if watched[1].revents != 0 {
        Interrupt.drain()
        try interrupted()
      }
      if watched[0].revents != 0 { daemon.fill() }
      if watched[2].revents != 0 { input.fill() }
    }
  }

  /// Milliseconds, -1 for as long as it takes.
  private func patience() throws -> Int32 {
    guard let giveUpAt else { return -1 }
    let left = giveUpAt - .now
    guard left > .zero else { throw Failure(PairTexts.noWord) }
    return Int32(clamping: left.components.seconds * 1000 + 1000)
  }

  // MARK: the daemon speaks

  /// - Returns: whether this was the end.
  private mutating func hear(_ line: String) throws -> Bool {
    guard let message = try? JSONDecoder().decode(PairingMessage.self, from: Data(line.utf8)) else { return false }
    if isJSON { Terminal.out(line) }
    // The prompt that stood open has no answer any more.
    if question != nil, isTerminal, giveUpAt == nil { Terminal.err("") }
    question = nil
    if message.error != nil { throw Failure(words.failure(message, instead: ownReason)) }
    if message.question != nil {
      if giveUpAt == nil { put(message) }
      return false
    }
    if !isJSON { for line in words.lines(message) { Terminal.out(line) } }
    return message.device != nil
  }

  private mutating func put(_ message: PairingMessage) {
    question = message
    if answerInAdvance(to: message) != nil { return }
    if isTerminal {
      // What was typed before the question is no answer to it.
      tcflush(STDIN_FILENO, TCIFLUSH)
      input.clear()
      Terminal.write(words.prompt(message) + " ", to: STDERR_FILENO)
    } else if !isJSON {
      Terminal.out(words.prompt(message))
    }
  }

  // MARK: the technician speaks

  /// What the command line has answered already, or nobody is there to answer.
  private func answerInAdvance(to question: PairingMessage) -> PairingReply? {
    switch question.question {
    case .passkey, nil: nil
    case .confirm, .value: saysYes ? PairingReply(confirm: true) : nil
    // What is deleted does not come back: no line of a script that was meant for another question says yes to it.
    case .memory: takesMemory || !isTerminal ? PairingReply(confirm: takesMemory) : nil
    }
  }

  private mutating func answer() throws {
    guard let question, giveUpAt == nil else { return }
    if let reply = answerInAdvance(to: question) { return try send(reply) }
    guard let line = input.next() else {
      if input.hasEnded {
        if isTerminal { Terminal.err("") }
        cancel(question.question == .passkey && !isTerminal ? PairTexts.noDigits : nil)
      }
      return
    }
    switch words.reply(line, to: question) {
    case .some(let reply): try send(reply)
    case nil where isTerminal: Terminal.write(words.prompt(question) + " ", to: STDERR_FILENO)
    case nil: cancel(PairTexts.noAnswer)
    }
  }

  private mutating func send(_ reply: PairingReply) throws {
    question = nil
    var line = try JSONText.encode(reply)
    line.append(UInt8(ascii: "\n"))
    // A daemon that has gone is noticed when it is read.
    _ = line.withUnsafeBytes { Glibc.send(descriptor.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  // MARK: the end before the end

  private mutating func interrupted() throws {
    guard giveUpAt == nil else { throw Failure(PairTexts.noWord) }
    if isTerminal { Terminal.err("") }
    cancel(nil)
    if isTerminal { Terminal.err(PairTexts.cancelling) }
  }

  /// Tells the daemon by shutting down our side; its last word still comes.
  private mutating func cancel(_ reason: Text?) {
    ownReason = reason
    giveUpAt = .now + Self.cancelLimit
    shutdown(descriptor.raw, Int32(SHUT_WR))
  }
}
