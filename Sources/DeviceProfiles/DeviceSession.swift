// SPDX-License-Identifier: GPL-3.0-or-later
import Vitals

/// What the box does over one connection with a device, as the device's profiles say. Pure: it is told what happens and
/// when, and returns what is to be done, in order. Nothing that it has done is waited for: a step that fails is the
/// device's affair, and the connection goes on.
///
/// All UUIDs are 128-bit and lower case, all times milliseconds of a clock that never goes back.
package struct DeviceSession: Sendable {
  package struct Write: Sendable, Hashable {
    package let characteristic: String
    package let bytes: [UInt8]
    package let withResponse: Bool
    /// For the log.
    package let name: String
  }

  package enum Action: Sendable, Hashable {
    /// The device's clock; ``clockWasRead(_:boxTime:at:)`` wants the answer before anything else is done.
    case readClock(String)
    /// The clock is to be set to the present time.
    case setClock(String)
    /// The feature characteristic of one that is read.
    case read(String)
    case write(Write)
    /// Records that were asked for have come; ``recordsWereWeighed(isKnownStart:hasNew:at:)`` wants the answer.
    case weighRecords
    /// The device has said that all stored records, or all new ones, were reported.
    case recordsAreWhole
    /// What a procedure answers by, and only where it is needed.
    case subscribe(String)
    /// How the device has answered a user's consent.
    case consent(user: Int, ConsentOutcome)
    case hangUp
    /// Worth a line in the log.
    case note(String)
  }

  private struct Poll {
    let write: Write
    let periodMs: Int64
    var dueMs: Int64
  }

  private struct Follower {
    let profile: String
    let message: String
    let write: Write
  }

  private let clock: ClockPolicy?
  private let features: [String]
  private let starts: [Write]
  private let followers: [Follower]
  /// Those whose values are never a stored record.
  private let streams: Set<String>
  private let lastRecord: UInt16?
  private let idleMs: Int64?
  private var polls: [Poll]
  private var lastValueMs: Int64 = 0
  private var records: RecordAccess?
  /// nil where the device gives everything to everybody.
  private var consents: UserConsents?
  private var isOver = false

  /// - Parameters:
  ///   - profiles: the device's, the most specific first.
  ///   - characteristics: what it has.
  ///   - lastRecord: the sequence number of the last of its stored records that is here with all before it.
  ///   - consents: the codes of its users, in the order in which they are asked; they count where it has a User Control
  ///     Point.
  package init(
    _ profiles: [DeviceProfile], characteristics: Set<String>, lastRecord: UInt16? = nil,
    consents: [(user: Int, code: ConsentCode)] = []
  ) {
    var features: [String] = []
    var starts: [Write] = []
    var followers: [Follower] = []
    var polls: [Poll] = []
    for profile in profiles {
      let session = profile.session
      for feature in profile.characteristics.compactMap(\.feature).compactMap({ BluetoothUUID.full($0.uuid) })
      where characteristics.contains(feature) && !features.contains(feature) {
        features.append(feature)
      }
      func write(_ command: Command) -> Write? {
        guard characteristics.contains(command.characteristic) else { return nil }
        return Write(
          characteristic: command.characteristic, bytes: command.bytes, withResponse: command.withResponse,
          name: command.name)
      }
      starts += session.start.compactMap(write)
      if let poll = session.poll, let asked = write(poll.command) {
        polls.append(Poll(write: asked, periodMs: Int64(poll.seconds) * 1000, dueMs: 0))
      }
      if let next = session.next, let asked = write(next.command) {
        followers.append(Follower(profile: profile.id, message: next.message, write: asked))
      }
    }
    (self.features, self.starts, self.followers, self.polls) = (features, starts, followers, polls)
    records = profiles.lazy.compactMap(Self.recordControl).first(where: characteristics.contains)
      .map(RecordAccess.init)
    streams = Set(
      profiles.flatMap(\.characteristics).filter(\.isStream).flatMap { [$0.uuid] + $0.also }
        .compactMap(BluetoothUUID.full))
    self.lastRecord = lastRecord
    self.consents = consents.isEmpty || !characteristics.contains(Self.userControl) ? nil : UserConsents(consents)
    clock = profiles.lazy.compactMap(\.session.clock).first { characteristics.contains($0.characteristic) }
    idleMs = Self.leading(profiles).flatMap {
      if case .idle(let seconds) = $0.session.connection { Int64(seconds) * 1000 } else { nil }
    }
  }

  /// What is to be subscribed to on such a device, as far as it has it: what is read, and what a procedure answers by.
  package static func subscriptions(for profiles: [DeviceProfile]) -> Set<String> {
    let readings = profiles.flatMap(\.characteristics).filter { $0.use == .reading }
    let uuids = readings.flatMap { [$0.uuid] + $0.also }.compactMap(BluetoothUUID.full)
    return Set(uuids + profiles.compactMap(recordControl))
  }

  /// The profile that says how a device is kept and whether it bonds: the most specific one that reads something of a
  /// person. A battery is a part of many devices. What a device says over a connection is worth more than what it shouts:
  /// anybody can send an advertisement. But a profile of advertisements that asks for the same service knows the
  /// device better.
  package static func leading(_ profiles: [DeviceProfile]) -> DeviceProfile? {
    let ofUse = profiles.filter(\.isOfUse)
    guard let first = ofUse.first, first.isAdvertisedOnly else { return ofUse.first }
    let services = Set(first.match.services)
    return ofUse.first { !$0.isAdvertisedOnly && services.isDisjoint(with: $0.match.services) } ?? first
  }

  /// Where its stored records are asked for.
  package static func recordControl(of profile: DeviceProfile) -> String? {
    guard case .racp(let characteristic)? = profile.session.memory?.procedure else { return nil }
    return characteristic
  }

  /// Where a device is asked for a user's data: the User Control Point.
  package static let userControl = "00002a9f-0000-1000-8000-00805f9b34fb"

  // MARK: what happens

  /// Whether the device has a clock that its profile knows.
  package var hasClock: Bool { clock != nil }

  /// Everything is subscribed to. A clock is read first: what is asked for then may be stored, and only the clock says
  /// since when.
  package mutating func connected(at now: Int64) -> [Action] {
    lastValueMs = now
    if let clock { return [.readClock(clock.characteristic)] }
    return begin(at: now)
  }

  /// - Parameters:
  ///   - shown: nil where it could not be read.
  ///   - boxTime: the time at the site in that moment, in milliseconds since the beginning of year 1; nil while the box
  ///     is not sure of it, and then no clock is set.
  package mutating func clockWasRead(_ shown: ClockValue.Shown?, boxTime: Int64?, at now: Int64) -> [Action] {
    guard let clock, let boxTime, Self.isToBeSet(shown, boxTime, clock.write) else { return begin(at: now) }
    return [.setClock(clock.characteristic)] + begin(at: now)
  }

  private static func isToBeSet(_ shown: ClockValue.Shown?, _ boxTime: Int64, _ rule: ClockPolicy.Write) -> Bool {
    switch (rule, shown) {
    case (.never, _): false
    case (.always, _), (.whenOff, .notSet): true
    // How far it is off is not known.
    case (.whenOff, nil): false
    case (.whenOff, .time(let time, let milliseconds)):
      (time.seconds &* 1000 &+ Int64(milliseconds) &- boxTime).magnitude
        > UInt64(ClockPolicy.toleranceSeconds) * 1000
    }
  }

  private mutating func begin(at now: Int64) -> [Action] {
    // What has just begun needs no question at once.
    for index in polls.indices {
      polls[index].dueMs = now + (starts.contains(polls[index].write) ? polls[index].periodMs : 0)
    }
    let request =
      consents == nil
      ? records?.begin(after: lastRecord, at: now) ?? []
      : [.subscribe(Self.userControl)] + nextConsent(at: now)
    return features.map(Action.read) + starts.map(Action.write) + request + timePassed(to: now)
  }

  /// A value has arrived.
  package mutating func received(_ bytes: [UInt8], from characteristic: String, at now: Int64) -> [Action] {
    lastValueMs = max(lastValueMs, now)
    if characteristic == Self.userControl { return consentAnswered(bytes, at: now) }
    if characteristic == records?.characteristic {
      return withNextConsent(records?.answered(bytes, at: now) ?? [], at: now)
    }
    // A live value says nothing of a report that has halted.
    if !streams.contains(characteristic) {
      records?.heard(at: now)
      consents?.heard(at: now)
    }
    return []
  }

  private mutating func consentAnswered(_ bytes: [UInt8], at now: Int64) -> [Action] {
    guard let consents, !consents.isFlowing else { return [] }
    let actions = self.consents?.answered(bytes, at: now) ?? []
    guard self.consents?.isFlowing == true else { return actions }
    // All of hers: each user may have numbers of her own, and the last one that is here may be another's.
    return actions + (records?.begin(after: nil, at: now) ?? [])
  }

  /// After all of one user's records the next user's turn comes.
  private mutating func withNextConsent(_ actions: [Action], at now: Int64) -> [Action] {
    guard records?.isBusy == false, consents?.isFlowing == true else { return actions }
    return actions + nextConsent(at: now)
  }

  private mutating func nextConsent(at now: Int64) -> [Action] { consents?.next(at: now) ?? [] }

  /// - Parameters:
  ///   - isKnownStart: the record that the report was to begin with was there, and it is the one that is known.
  ///   - hasNew: one was reported since the last question that is not known.
  package mutating func recordsWereWeighed(isKnownStart: Bool, hasNew: Bool, at now: Int64) -> [Action] {
    withNextConsent(records?.weighed(isKnownStart: isKnownStart, hasNew: hasNew, at: now) ?? [], at: now)
  }

  /// It was refused, or nobody answered.
  package mutating func writeFailed(_ write: Write, at now: Int64) -> [Action] {
    if write.characteristic == Self.userControl { return consents?.writeFailed(at: now) ?? [] }
    guard write.characteristic == records?.characteristic else { return [] }
    return withNextConsent(records?.refused(at: now) ?? [], at: now)
  }

  /// A measurement came out of a message.
  package func understood(message: String, of profile: String) -> [Action] {
    guard !isOver else { return [] }
    return followers.filter { $0.profile == profile && $0.message == message }.map { .write($0.write) }
  }

  /// When ``timePassed(to:)`` is to be called next; nil: never.
  package var due: Int64? {
    guard !isOver else { return nil }
    let silence = isReporting ? nil : idleMs.map { lastValueMs + $0 }
    let consent = consents?.due(isReporting: records != nil)
    return (polls.map(\.dueMs) + [records?.due, consent, silence].compactMap { $0 }).min()
  }

  package mutating func timePassed(to now: Int64) -> [Action] {
    guard !isOver else { return [] }
    var actions = withNextConsent(records?.timePassed(to: now) ?? [], at: now)
    actions += consents?.timePassed(to: now, isReporting: records != nil) ?? []
    guard !actions.contains(.hangUp) else {
      isOver = true
      return actions
    }
    if let idleMs, !isReporting, now - lastValueMs >= idleMs {
      isOver = true
      return actions + [.hangUp]
    }
    for index in polls.indices where polls[index].dueMs <= now {
      actions.append(.write(polls[index].write))
      polls[index].dueMs = now + polls[index].periodMs
    }
    return actions
  }

  private var isReporting: Bool { records?.isBusy == true || consents?.isBusy == true }
}

extension DeviceProfile {
  /// Whether it reads anything of a person; a battery alone is of no use.
  package var isOfUse: Bool {
    !advertisements.isEmpty || characteristics.contains { $0.use == .reading && $0.uuid != "2A19" }
  }

  /// Whether it reads values of this kind.
  package func measures(_ kind: ObservationKind) -> Bool {
    readings.contains { $0.use == .reading && $0.fields.contains { $0.kind == kind } }
  }

  /// Whether it reads anything at all, a battery too.
  package var isRead: Bool { readings.contains { $0.use == .reading } }
}
