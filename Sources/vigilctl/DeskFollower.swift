// SPDX-License-Identifier: GPL-3.0-or-later
import ClinicDesk
import EventLoop
import Gateway
import MQTT
import Texts

/// A ``Desk`` at a broker. Everything runs on one loop, also what is printed: a reader that stops reading stops us, and then
/// the broker, instead of filling the memory. What the broker gives up then is made good by the retained lists of open
/// alerts at the next connection.
actor DeskFollower {
  enum Link: Sendable, Equatable {
    case connecting
    case subscribing
    case subscribed(sinceMs: Int64)
    case refused(code: UInt8)
    /// In the library's words.
    case away(reason: String)

    /// What a person has to know or do, nil where all is well.
    func trouble(filter: String) -> Text? {
      switch self {
      case .connecting, .subscribing, .subscribed: nil
      case .refused(let code): DeskTexts.subscriptionRefused(filter: filter, code: code)
      case .away(let reason): DeskTexts.brokerFailure(reason: reason)
      }
    }
  }

  /// What there is to show at a moment.
  struct Sight: Sendable {
    let desk: Desk
    let link: Link
    let filter: String
    let moment: DeskMoment
    /// How long nothing may come before that is strange.
    let patienceMs: Int64
    /// In whose name alerts are acknowledged here; nil where this desk can only look.
    var by: String?
    /// What there is to say about the last thing that somebody did here.
    var note: DeskNote?

    /// What a person has to know or do about the broker, nil where all is well.
    var trouble: Text? {
      if case .subscribed(let since) = link, !desk.hasGateways, moment.monotonicMs - since > patienceMs {
        return DeskTexts.silence(filter: filter)
      }
      return link.trouble(filter: filter)
    }
  }

  typealias Output = @Sendable (_ events: [DeskEvent], _ sight: Sight) -> Void

  private static let retryAfterRefusal: Int64 = 30_000

  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private let client: Client
  private let filter: String
  private let patienceMs: Int64
  private let clock: Clock
  private let signer: DeskSigner?
  private var desk: Desk
  private var note: DeskNote?
  private var link = Link.connecting
  private var refusedAtMs: Int64 = 0
  private var ticker: EventSource?
  private var output: Output = { _, _ in }

  init(_ configuration: DeskConfiguration, signer: DeskSigner?, client: Client, clock: @escaping Clock) {
    loop = client.loop
    self.signer = signer
    self.client = client
    self.clock = clock
    filter = DeskTopic.filter(clinic: configuration.clinic)
    patienceMs = Int64(configuration.healthSeconds) * 1000 * Desk.missedHealth
    desk = Desk(
      clinic: configuration.clinic, healthSeconds: configuration.healthSeconds, secondTier: configuration.secondTier)
  }

  /// - Parameter output: called on the loop, with what changed, and each second.
  func start(output: @escaping Output) async throws {
    self.output = output
    ticker = try EventSource.timer(after: .seconds(1), on: loop) { [weak self] in
      self?.assumeIsolated { $0.tick() }
    }
    await client.start { [weak self] event in self?.assumeIsolated { $0.handle(event) } }
  }

  var sight: Sight {
    Sight(
      desk: desk, link: link, filter: filter, moment: moment(), patienceMs: patienceMs, by: signer?.by, note: note)
  }

  // MARK: acknowledging

  /// What becomes of it is told like everything else.
  ///
  /// - Parameter version: of the alert, as the person saw it.
  func acknowledge(_ alert: DeskAlert, version: Int64) {
    let now = moment()
    guard let signer else { return refuse(.readOnly, alert: alert.facts.alert) }
    guard let order = signer.acknowledge(alert, version: version, at: now) else {
      return refuse(.noTime, alert: alert.facts.alert)
    }
    tell(desk.command(order, at: now), at: now)
    publish(at: now)
  }

  /// - Parameters:
  ///   - gateway: nil where the alert's id says it all.
  ///   - version: nil for the present one.
  func acknowledge(alert id: String, gateway: String?, version: Int64?) {
    let found = desk.openAlerts.filter { $0.facts.alert == id && (gateway ?? $0.gateway) == $0.gateway }
    guard let alert = found.first else { return refuse(.unknownAlert, alert: id) }
    guard found.count == 1 else { return refuse(.ambiguousAlert, alert: id) }
    acknowledge(alert, version: version ?? alert.facts.version)
  }

  func refuse(_ problem: DeskNote.Problem, alert: String?) {
    take(.problem(problem, alert: alert), at: moment())
    output([], sight)
  }

  private func take(_ what: DeskNote.What, at now: DeskMoment) {
    note = DeskNote(number: (note?.number ?? 0) + 1, moment: now, what: what)
  }

  private func tell(_ events: [DeskEvent], at now: DeskMoment) {
    for case .command(let command) in events { take(.command(command), at: now) }
    output(events, sight)
  }

  private func publish(at now: DeskMoment) {
    for outgoing in desk.takeOutgoing(at: now) {
      let topic = "vigil/v1/\(desk.clinic)/\(outgoing.gateway)/down/command/acknowledge"
      // What cannot be sent now is sent at the next connection.
      client.assumeIsolated { client in
        try? client.publish(topic: topic, payload: outgoing.payload, retain: false, token: outgoing.token)
      }
    }
  }

  // MARK: what happens

  private func moment() -> DeskMoment {
    let now = clock()
    return DeskMoment(monotonicMs: now.monotonicMs, wallMs: now.wallMs)
  }

  private func tick() {
    let now = moment()
    if case .refused = link, now.monotonicMs - refusedAtMs > Self.retryAfterRefusal { subscribe() }
    tell(desk.tick(at: now), at: now)
    publish(at: now)
    ticker?.rearm(after: .seconds(1))
  }

  private func handle(_ event: Client.Event) {
    let now = moment()
    var events: [DeskEvent] = []
    switch event {
    case .connected:
      subscribe()
    case .subscribed(_, let code) where code < 128:
      link = .subscribed(sinceMs: now.monotonicMs)
      desk.subscribed(at: now)
    case .subscribed(_, let code):
      link = .refused(code: code)
      refusedAtMs = now.monotonicMs
      desk.disconnected(at: now)
    case .disconnected(let reason):
      link = .away(reason: reason)
      desk.disconnected(at: now)
    case .message(let message):
      events = desk.receive(
        topic: message.topic, payload: message.payload, retained: message.retained, at: now)
      if events.isEmpty { return }
    case .acknowledged(let token, let reason):
      events = desk.published(token, reason: reason)
      if events.isEmpty { return }
    }
    tell(events, at: now)
    publish(at: now)
  }

  /// Also where the broker has kept the session: it sends what is retained again, which makes good what was missed.
  private func subscribe() {
    link = .subscribing
    // Where it cannot be sent, the client finds its connection broken and tells.
    client.assumeIsolated { client in try? client.subscribe(filter) }
  }
}
