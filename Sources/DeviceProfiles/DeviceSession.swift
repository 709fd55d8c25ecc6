// SPDX-License-Identifier: GPL-3.0-or-later

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

  /// Record Access Control Point (Glucose Service 1.0, 3.4): report stored records, all of them; and the response to it.
  private static let reportAll: [UInt8] = [0x01, 0x01]
  private static let responseToReport: [UInt8] = [0x06, 0x00, 0x01]
  private static let succeeded: UInt8 = 1
  private static let noRecords: UInt8 = 6
  /// A device that reports is never silent for so long.
  private static let transferSilenceMs: Int64 = 10_000

  private let clock: ClockPolicy?
  private let features: [String]
  private let starts: [Write]
  private let followers: [Follower]
  private let recordControls: [String]
  private let idleMs: Int64?
  private var polls: [Poll]
  private var lastValueMs: Int64 = 0
  private var isTransferring = false
  private var isOver = false

  /// - Parameters:
  ///   - profiles: the device's, the most specific first.
  ///   - characteristics: what it has.
  package init(_ profiles: [DeviceProfile], characteristics: Set<String>) {
    var features: [String] = []
    var starts: [Write] = []
    var followers: [Follower] = []
    var controls: [String] = []
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
      if let control = Self.recordControl(of: profile), characteristics.contains(control), !controls.contains(control) {
        controls.append(control)
      }
    }
    (self.features, self.starts, self.followers, recordControls) = (features, starts, followers, controls)
    self.polls = polls
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
    let requests = recordControls.map {
      Write(characteristic: $0, bytes: Self.reportAll, withResponse: true, name: "report stored records")
    }
    isTransferring = !requests.isEmpty
    return features.map(Action.read) + (starts + requests).map(Action.write) + timePassed(to: now)
  }

  /// A value has arrived.
  package mutating func received(_ bytes: [UInt8], from characteristic: String, at now: Int64) -> [Action] {
    lastValueMs = max(lastValueMs, now)
    guard isTransferring, recordControls.contains(characteristic), bytes.count == 4,
      Array(bytes.prefix(3)) == Self.responseToReport, let code = bytes.last
    else { return [] }
    isTransferring = false
    switch code {
    case Self.succeeded: return [.note("all stored records were reported")]
    case Self.noRecords: return [.note("no records are stored")]
    default: return [.note("the stored records cannot be had: response \(code)")]
    }
  }

  /// A measurement came out of a message.
  package func understood(message: String, of profile: String) -> [Action] {
    guard !isOver else { return [] }
    return followers.filter { $0.profile == profile && $0.message == message }.map { .write($0.write) }
  }

  /// When ``timePassed(to:)`` is to be called next; nil: never.
  package var due: Int64? {
    guard !isOver else { return nil }
    let deadlines = [isTransferring ? Self.transferSilenceMs : nil, isTransferring ? nil : idleMs].compactMap { $0 }
    return (polls.map(\.dueMs) + deadlines.map { lastValueMs + $0 }).min()
  }

  package mutating func timePassed(to now: Int64) -> [Action] {
    guard !isOver else { return [] }
    var actions: [Action] = []
    for index in polls.indices where polls[index].dueMs <= now {
      actions.append(.write(polls[index].write))
      polls[index].dueMs = now + polls[index].periodMs
    }
    let silence = now - lastValueMs
    if isTransferring, silence >= Self.transferSilenceMs {
      isTransferring = false
      actions.append(.note("the report of stored records has ended without a word"))
    }
    if let idleMs, !isTransferring, silence >= idleMs {
      isOver = true
      return [.hangUp]
    }
    return actions
  }
}

extension DeviceProfile {
  /// Whether it reads anything of a person; a battery alone is of no use.
  package var isOfUse: Bool {
    !advertisements.isEmpty || characteristics.contains { $0.use == .reading && $0.uuid != "2A19" }
  }

  /// Whether it reads anything at all, a battery too.
  package var isRead: Bool { readings.contains { $0.use == .reading } }
}
