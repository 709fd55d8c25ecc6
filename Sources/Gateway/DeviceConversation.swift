// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import DeviceProfiles
import Journal
import Logging
import Synchronization
import Vitals

/// What the box and a device say to each other over one connection: the deeds of a ``DeviceSession``.
struct DeviceConversation: Sendable {
  let device: EnrolledDevice
  /// The device's, the most specific first.
  let profiles: [DeviceProfile]
  let central: Central
  let ingest: Ingest
  let conversations: Conversations
  let consents: ConsentBoard
  let clock: Clock
  let log: Logger

  /// Until the link ends, which cancels the task, or is to be ended.
  func run() async -> ConversationEnd {
    let (events, mouth) = AsyncStream.makeStream(of: Conversations.Event.self, bufferingPolicy: .bufferingNewest(1024))
    conversations.open(device.address, mouth)
    let end = await converse(events, mouth)
    conversations.close(device.address)
    await ingest.linkEnded(device)
    return end
  }

  private func converse(
    _ events: AsyncStream<Conversations.Event>, _ mouth: AsyncStream<Conversations.Event>.Continuation
  ) async -> ConversationEnd {
    let has = Set(await central.characteristics(of: device.address.description).map(\.uuid))
    let codes = has.contains(DeviceSession.userControl) ? await ingest.consents(of: device) : [:]
    var session = DeviceSession(
      profiles, characteristics: has, lastRecord: await ingest.recordsBegin(of: device, isByUser: !codes.isEmpty),
      consents: consents.order(codes, of: device.id))
    var deeds = Deeds(conversation: self)
    var alarm = Alarm(mouth: mouth)
    defer { alarm.cancel() }
    if !session.hasClock { await ingest.hasNoClock(device) }
    if await deeds.perform(session.connected(at: now), of: &session) { return .hangUp }
    alarm.set(to: session.due, now: now)
    for await event in events {
      let actions: [DeviceSession.Action]
      switch event {
      case .value(let bytes, let characteristic, let atMs):
        actions = session.received(bytes, from: characteristic, at: atMs)
      case .understood(let message, let profile): actions = session.understood(message: message, of: profile)
      case .alarm:
        alarm.hasRung()
        actions = session.timePassed(to: now)
      }
      if await deeds.perform(actions, of: &session) { return .hangUp }
      alarm.set(to: session.due, now: now)
    }
    return .stay
  }

  private var now: Int64 { clock().monotonicMs }
}

/// Does what a session says, one thing after the other. What fails is logged, once for each thing.
private struct Deeds {
  let conversation: DeviceConversation
  private var failed: Set<String> = []

  init(conversation: DeviceConversation) { self.conversation = conversation }

  /// - Returns: whether the link is to be ended.
  mutating func perform(_ actions: [DeviceSession.Action], of session: inout DeviceSession) async -> Bool {
    let device = conversation.device
    for action in actions where !Task.isCancelled {
      switch action {
      case .hangUp: return true
      case .readClock(let characteristic):
        let (shown, moment) = await readClock(characteristic)
        if Task.isCancelled { return false }
        await conversation.ingest.clockWasRead(shown, at: moment, of: device)
        let answer = session.clockWasRead(
          shown, boxTime: SiteTime.local(moment), at: conversation.clock().monotonicMs)
        if await perform(answer, of: &session) { return true }
      case .setClock(let characteristic): await setClock(characteristic)
      case .weighRecords:
        let (isKnownStart, hasNew) = await conversation.ingest.weighRecords(of: device)
        let answer = session.recordsWereWeighed(
          isKnownStart: isKnownStart, hasNew: hasNew, at: conversation.clock().monotonicMs)
        if await perform(answer, of: &session) { return true }
      case .recordsAreWhole: await conversation.ingest.recordsAreWhole(of: device)
      case .subscribe(let characteristic):
        do {
          try await conversation.central.subscribe(to: characteristic, of: device.address.description)
        } catch {
          note(error, what: "subscribing to \(BluetoothUUID.short(characteristic))")
        }
      case .consent(let user, let outcome): tell(outcome, of: user)
      case .note(let text): conversation.log.info("\(text)", metadata: ["device": "\(device.id)"])
      case .read(let characteristic):
        do {
          let bytes = try await conversation.central.read(characteristic, of: device.address.description)
          await conversation.ingest.featureIs(bytes, of: characteristic, device: device)
        } catch {
          note(error, what: "reading \(BluetoothUUID.short(characteristic))")
        }
      case .write(let write):
        do {
          try await conversation.central.write(
            write.bytes, to: write.characteristic, of: device.address.description, withResponse: write.withResponse)
        } catch {
          note(error, what: "'\(write.name)'")
          if await perform(session.writeFailed(write, at: conversation.clock().monotonicMs), of: &session) {
            return true
          }
        }
      }
    }
    return false
  }

  /// - Returns: nil where it does not answer, or says something else; and the moment of it.
  private mutating func readClock(_ characteristic: String) async -> (ClockValue.Shown?, Moment) {
    let (central, address, clock) = (conversation.central, conversation.device.address.description, conversation.clock)
    let asked = clock().monotonicMs
    do {
      let bytes = try await TimeLimit.run(
        .milliseconds(DeviceClocks.patienceMs), late: BlueZError.timedOut("reading the clock of \(address)")
      ) {
        try await central.read(characteristic, of: address)
      }
      guard let shown = ClockValue.read(bytes) else {
        throw BlueZError.unavailable("the clock of \(address) says something else")
      }
      return (shown, clock().halfWay(since: asked))
    } catch {
      note(error, what: "reading its clock")
      return (nil, clock())
    }
  }

  private mutating func setClock(_ characteristic: String) async {
    let device = conversation.device
    let now = conversation.clock()
    guard now.synchronized, let (time, milliseconds) = now.wallMs.flatMap(SiteTime.civil) else { return }
    // Before: where the answer is lost it may be set all the same.
    await conversation.ingest.clockWasSet(to: time, milliseconds: milliseconds, at: now, of: device)
    do {
      try await conversation.central.write(
        ClockValue.octets(time, milliseconds: milliseconds, for: characteristic), to: characteristic,
        of: device.address.description, withResponse: true)
      conversation.log.info("a device's clock was set", metadata: ["device": "\(device.id)"])
    } catch {
      note(error, what: "setting its clock")
    }
  }

  private func tell(_ outcome: ConsentOutcome, of user: Int) {
    let device = conversation.device.id
    guard conversation.consents.set(outcome, of: user, for: device) else { return }
    let about: Logger.Metadata = ["device": "\(device)", "user": "\(user)"]
    switch outcome {
    case .granted: conversation.log.info("a device takes its user's consent code", metadata: about)
    case .refused:
      conversation.log.warning(
        "a device refuses its user's consent code: assign it anew with vigilctl assign … --consent", metadata: about)
    case .unanswered:
      conversation.log.warning(
        "a device does not answer its user's consent code: it is sent again at the next connection", metadata: about)
    }
  }

  private mutating func note(_ error: any Error, what: String) {
    guard !Task.isCancelled, failed.insert(what).inserted else { return }
    conversation.log.warning(
      "a device does not answer as its profile says",
      metadata: [
        "device": "\(conversation.device.id)", "what": "\(what)", "error": "\(error)",
      ])
  }
}

extension Moment {
  /// The middle between then and now, on both clocks.
  fileprivate func halfWay(since monotonicMs: Int64) -> Moment {
    let half = max(0, self.monotonicMs &- monotonicMs) / 2
    return Moment(
      bootID: bootID, monotonicMs: self.monotonicMs &- half, wallMs: wallMs.map { $0 &- half },
      synchronized: synchronized)
  }
}

/// Wakes a conversation up, once.
struct Alarm {
  let mouth: AsyncStream<Conversations.Event>.Continuation
  private var task: Task<Void, Never>?
  private var dueMs: Int64?

  init(mouth: AsyncStream<Conversations.Event>.Continuation) { self.mouth = mouth }

  /// An earlier alarm does no harm: who is woken up too early goes on waiting.
  mutating func set(to due: Int64?, now: Int64) {
    // One that is over may have been dropped among very many values.
    guard let due, dueMs.map({ due < $0 || $0 <= now }) ?? true else { return }
    cancel()
    dueMs = due
    task = Task { [mouth] in
      do {
        try await Task.sleep(for: .milliseconds(max(0, due - now)))
        mouth.yield(.alarm)
      } catch {
        // Another time was set, or the conversation is over.
      }
    }
  }

  mutating func hasRung() { (task, dueMs) = (nil, nil) }

  mutating func cancel() {
    task?.cancel()
    hasRung()
  }
}

/// The conversations that go on, for those who hear the devices.
final class Conversations: Sendable {
  enum Event: Sendable {
    /// `characteristic`: 128-bit, lower case.
    case value([UInt8], characteristic: String, atMs: Int64)
    /// A measurement out of a message of that name is on the disk.
    case understood(message: String, profile: String)
    case alarm
  }

  private let mouths = Mutex<[DeviceAddress: AsyncStream<Event>.Continuation]>([:])

  func open(_ address: DeviceAddress, _ mouth: AsyncStream<Event>.Continuation) {
    mouths.withLock { $0[address] = mouth }
  }

  func close(_ address: DeviceAddress) { mouths.withLock { $0.removeValue(forKey: address) }?.finish() }

  func tell(_ event: Event, of address: DeviceAddress) { _ = mouths.withLock { $0[address] }?.yield(event) }
}
