// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import EventLoop
import FoundationEssentials
import Vitals

/// One pairing over a ``LineChannel``. When the client goes, the pairing is cancelled and nothing half-paired is left.
struct PairingConversation: Sendable {
  let collector: CollectorService
  let channel: LineChannel
  let loop: EventLoop

  /// The client may shut down its side and still read how it ended.
  func run(_ request: PairingRequest) async {
    let answers = AnswerBox()
    let talk = PairingTalk(tell: send) { question in
      // An answer that came too late for one question must not be taken for the answer to the next.
      await answers.clear()
      send(question)
      let line = await withTaskCancellationHandler {
        await answers.next()
      } onCancel: {
        Task { await answers.clear() }
      }
      guard let line else { return nil }
      return (try? JSONDecoder().decode(PairingReply.self, from: Data(line.utf8))) ?? PairingReply()
    }
    let work = Task {
      do {
        send(try await collector.commission(request, talk))
      } catch {
        let failure = error as? CommissioningFailure
        let reason = failure?.error ?? PairingError(error, address: request.address.description)
        var last = PairingMessage()
        last.error = reason.description
        last.code = reason.code.rawValue
        last.subject = reason.subject
        last.bondRemains = failure?.bondRemains == true ? true : nil
        send(last)
      }
    }
    let reader = Task {
      let source = try? await ChannelWatch(loop: loop).watch(channel)
      for await line in channel.lines { await answers.put(line) }
      // First, so that a question that gets no answer any more is not taken for a no.
      work.cancel()
      await answers.end()
      withExtendedLifetime(source) {}
    }
    await work.value
    channel.finish()
    await reader.value
  }

  private func send(_ message: PairingMessage) {
    if let line = try? JSONText.encode(message) { channel.send(line) }
  }
}

/// What is to be paired, for whom, and who asks for it.
package struct PairingRequest: Sendable {
  package let address: DeviceAddress
  package let resident: ResidentID
  /// Confirmed at once, without a test reading.
  package let isWithoutReading: Bool
  /// The caller's user id, nil where the bus did not say.
  package let uid: UInt32?

  package init(address: DeviceAddress, resident: ResidentID, isWithoutReading: Bool, uid: UInt32?) {
    self.address = address
    self.resident = resident
    self.isWithoutReading = isWithoutReading
    self.uid = uid
  }
}

/// The two ways to the technician.
struct PairingTalk: Sendable {
  let tell: @Sendable (PairingMessage) -> Void
  /// Asks, and waits for the answer; nil where none will come any more.
  let ask: @Sendable (PairingMessage) async -> PairingReply?

  /// The device's question, put to the technician.
  func answer(to question: PairingQuestion) async -> PairingAnswer {
    switch question {
    case .passkey:
      guard let reply = await ask(PairingMessage(asking: .passkey)) else { return .unusable }
      return reply.digits.map { .passkey($0) } ?? (reply.confirm == false ? .no : .unusable)
    case .confirm(let passkey):
      var message = PairingMessage(asking: .confirm)
      message.passkey = passkey
      return switch await ask(message)?.confirm {
      case true?: .yes
      case false?: .no
      case nil: .unusable
      }
    }
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

  /// Forgets what came; somebody who still waits gets nothing.
  func clear() {
    lines = []
    waiter?.resume(returning: nil)
    waiter = nil
  }

  func next() async -> String? {
    if !lines.isEmpty { return lines.removeFirst() }
    if hasEnded || waiter != nil || Task.isCancelled { return nil }
    return await withCheckedContinuation { waiter = $0 }
  }
}
