// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import EventLoop
import FoundationEssentials
import Journal
import Logging
import Vitals

/// What the daemon tells the technician's program while it pairs: one JSON object a line.
package struct PairingMessage: Codable, Sendable, Equatable {
  /// `searching`, `found`, `pairing`, `bonded`
  package var progress: String?
  /// The device's name, with `found`.
  package var name: String?
  /// `passkey` or `confirm`; to be answered with a ``PairingReply``.
  package var question: String?
  /// What the device shows, with `confirm`.
  package var passkey: Int?
  /// The id of the new device: the end.
  package var device: String?
  package var profiles: [String]?
  /// `authenticated` or `encrypted`
  package var link: String?
  /// Why it failed: the end.
  package var error: String?

  package init() {}
}

/// What the technician answers: one JSON object a line.
package struct PairingReply: Codable, Sendable, Equatable {
  /// Six digits.
  package var passkey: String?
  /// The answer to `confirm`.
  package var confirm: Bool?

  package init(passkey: String? = nil, confirm: Bool? = nil) {
    self.passkey = passkey
    self.confirm = confirm
  }
}

/// One pairing over a ``LineChannel``. When the client goes, the pairing is cancelled and nothing half-paired is left.
struct PairingConversation: Sendable {
  let collector: CollectorService
  let channel: LineChannel
  let loop: EventLoop
  let log: Logger

  func run(address: DeviceAddress, resident: ResidentID) async {
    let answers = AnswerBox()
    let work = Task {
      do {
        let device = try await collector.enrol(address, resident: resident) { progress in
          send(Self.message(of: progress))
        } ask: { question in
          await ask(question, answers)
        }
        var done = PairingMessage()
        done.device = device.id
        done.profiles = device.profiles
        done.link = device.link.rawValue
        send(done)
      } catch {
        let reason = error is CancellationError ? "cancelled" : "\(error)"
        log.notice("pairing failed", metadata: ["address": "\(address)", "error": "\(reason)"])
        var failed = PairingMessage()
        failed.error = reason
        send(failed)
      }
    }
    let reader = Task {
      let source = try? await ChannelWatch(loop: loop).watch(channel)
      for await line in channel.lines { await answers.put(line) }
      await answers.end()
      work.cancel()
      withExtendedLifetime(source) {}
    }
    await work.value
    channel.finish()
    await reader.value
  }

  private func ask(_ question: PairingQuestion, _ answers: AnswerBox) async -> PairingAnswer {
    var message = PairingMessage()
    switch question {
    case .passkey: message.question = "passkey"
    case .confirm(let passkey):
      message.question = "confirm"
      message.passkey = passkey
    }
    send(message)
    guard let line = await answers.next(),
      let reply = try? JSONDecoder().decode(PairingReply.self, from: Data(line.utf8))
    else { return .no }
    if let digits = reply.passkey, let value = UInt32(digits), digits.utf8.count <= 6 { return .passkey(value) }
    return reply.confirm == true ? .yes : .no
  }

  private static func message(of progress: PairingProgress) -> PairingMessage {
    var message = PairingMessage()
    switch progress {
    case .searching: message.progress = "searching"
    case .found(let name):
      message.progress = "found"
      message.name = name
    case .pairing: message.progress = "pairing"
    case .bonded: message.progress = "bonded"
    }
    return message
  }

  private func send(_ message: PairingMessage) {
    if let line = try? JSONText.encode(message) { channel.send(line) }
  }
}

/// Makes the channel's event source on its loop, where event sources have to be made and released.
actor ChannelWatch {
  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private var source: EventSource?

  init(loop: EventLoop) { self.loop = loop }

  func watch(_ channel: LineChannel) throws -> ChannelWatch {
    source = try channel.watch(on: loop)
    return self
  }

  isolated deinit { source = nil }
}

/// The next answer of the client, for whoever waits for it.
private actor AnswerBox {
  private var lines: [String] = []
  private var hasEnded = false
  private var waiter: CheckedContinuation<String?, Never>?

  func put(_ line: String) {
    if let waiter {
      self.waiter = nil
      waiter.resume(returning: line)
    } else if lines.count < 16 {
      lines.append(line)
    }
  }

  func end() {
    hasEnded = true
    waiter?.resume(returning: nil)
    waiter = nil
  }

  func next() async -> String? {
    if !lines.isEmpty { return lines.removeFirst() }
    if hasEnded || waiter != nil { return nil }
    return await withCheckedContinuation { waiter = $0 }
  }
}
