// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// Reads the lines of a trace: `vigil.reading/1` messages as a clinic has them, shorter ones with only what the rules need,
/// and what people do in between.
package struct TraceReader {
  /// Whom a line is about that does not say it.
  package static let somebody = ResidentID("somebody") ?? .unassigned
  static let boot = "replay"
  /// 9999-12-31, beyond which no text names a time.
  private static let latest: Int64 = 253_402_300_799_999
  /// A longer silence is a mistake in the times, and would have to be lived through.
  private static let longestSilence: Int64 = 400 * 86_400_000

  private var lineNumber: Int64 = 0
  /// Of the last line.
  private var now: Int64?
  /// The last message that had a time of a boot: what the clock of that boot said when it was `now`.
  private var clock: (boot: String, monotonicMs: Int64)?
  private(set) var ids = ReadingNames()

  package init() {}

  /// - Returns: nil for an empty line.
  package mutating func read(_ line: String) throws(TraceProblem) -> TraceLine? {
    lineNumber += 1
    guard line.utf8.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else { return nil }
    guard let json = JSONReader.read(line), case .object = json else {
      throw TraceProblem(ReplayTexts.noJSON)
    }
    if let schema = json["schema"] {
      guard let schema = schema.text else { throw Self.wrong("schema") }
      guard schema == "vigil.reading/1" else { return .skipped(schema: schema) }
    }
    let line = try content(of: json)
    if let at = line.at { now = max(now ?? at.monotonicMs, at.monotonicMs) }
    return line
  }

  /// What stood in the trace for that reading: its id, or `line:17` where it had none.
  package func name(of reading: StableID) -> String { ids.name(of: reading) }

  private mutating func content(of json: JSON) throws(TraceProblem) -> TraceLine {
    if let tick = json["tick"] {
      try KnownKeys.tick.check(json)
      guard let ms = tick.whole, (0...Self.longestSilence).contains(ms) else { throw Self.wrong("tick") }
      return .tick(at: Self.moment(try start() &+ ms))
    }
    if let restart = json["restart"] {
      try KnownKeys.restart.check(json)
      guard restart == .flag(true) else { throw Self.wrong("restart") }
      return .restart(at: try controlTime(json))
    }
    if let answer = json["acknowledge"] {
      try KnownKeys.acknowledge.check(json)
      return .acknowledge(try ControlFields(answer, in: json).acknowledgement(ids: ids), at: try controlTime(json))
    }
    if let pause = json["pause"] {
      try KnownKeys.pause.check(json)
      return .pause(try ControlFields(pause, in: json).pause(), at: try controlTime(json))
    }
    if let settings = json["settings"] {
      try KnownKeys.settings.check(json)
      return .settings(try SettingsReader.change(settings, by: json["by"]?.text, in: json), at: try controlTime(json))
    }
    return .reading(try reading(json))
  }

  // MARK: times

  private func start() throws(TraceProblem) -> Int64 {
    guard let now else { throw TraceProblem(ReplayTexts.noTime) }
    return now
  }

  /// A control line without a time happens at the time of the line before.
  private func controlTime(_ json: JSON) throws(TraceProblem) -> Moment {
    guard let at = json["at"], at != .null else { return Self.moment(try start()) }
    return Self.moment(try checked(try Self.milliseconds(at, "at")))
  }

  private func checked(_ at: Int64) throws(TraceProblem) -> Int64 {
    if let now, at > now &+ Self.longestSilence { throw TraceProblem(ReplayTexts.tooLong) }
    return at
  }

  /// A short line says `at`. A message says when its value was received; while its gateway did not know that, it says
  /// what the clock of its boot showed.
  private mutating func received(_ json: JSON) throws(TraceProblem) -> Moment {
    let isMessage = json["schema"] != nil
    let boot = json["clock"]?["bootId"]?.text
    let monotonic = json["clock"]?["monotonicMs"]?.whole
    let time = isMessage ? json["receivedAt"] ?? .null : json["at"] ?? json["receivedAt"] ?? .null
    guard time == .null else {
      let at = try checked(try Self.milliseconds(time, isMessage ? "receivedAt" : "at"))
      clock = boot.flatMap { boot in monotonic.map { (boot, $0) } }
      return Self.moment(at)
    }
    guard isMessage, let boot, let monotonic, (0...Self.latest).contains(monotonic) else {
      throw TraceProblem(ReplayTexts.noTime)
    }
    var at = now ?? 0
    if let clock, clock.boot == boot { at = at &+ max(0, monotonic &- clock.monotonicMs) }
    at = try checked(at)
    clock = (boot, monotonic)
    return Moment(bootID: Self.boot, monotonicMs: at, wallMs: nil, synchronized: false)
  }

  static func moment(_ at: Int64) -> Moment {
    Moment(bootID: boot, monotonicMs: at, wallMs: at, synchronized: true)
  }

  /// A number is milliseconds since 1970, a text RFC 3339.
  static func milliseconds(_ json: JSON, _ field: String) throws(TraceProblem) -> Int64 {
    guard let ms = json.whole ?? json.text.flatMap(RFC3339.milliseconds), (0...latest).contains(ms) else {
      throw TraceProblem(ReplayTexts.wrongTime(field))
    }
    return ms
  }

  static func wrong(_ field: String) -> TraceProblem { TraceProblem(ReplayTexts.wrong(field)) }

  // MARK: readings

  private mutating func reading(_ json: JSON) throws(TraceProblem) -> Observation {
    let isMessage = json["schema"] != nil
    // A newer gateway's message may have more: consumers ignore what they do not know. What somebody wrote is a mistake.
    if !isMessage {
      try KnownKeys.reading.check(json)
      if let device = json["device"] { try KnownKeys.device.check(device, "device") }
      if let clock = json["clock"] { try KnownKeys.clock.check(clock, "clock") }
    }
    let received = try received(json)
    let values = try TraceValues.read(json["values"], ignoresUnknown: isMessage)
    let device = try TraceDevice(json)
    let (observed, age) = try observation(json, received: received)
    let isStream = try field("stream", of: json, \.flag) ?? device.isStreaming(values)
    return Observation(
      reading: try id(json["reading"]), device: device.reference, profile: device.profile,
      characteristic: try field("characteristic", of: json, \.text) ?? TraceDevice.characteristic(values, isStream),
      link: device.link, resident: try Self.resident(json["resident"]) ?? Self.somebody,
      purpose: try Self.word("purpose", of: json) ?? .care, user: try user(json), received: received,
      observedWallMs: observed,
      clock: ClockEvidence(source: json["clock"]?["source"]?.text == "device" ? .device : .receipt, deviceTime: nil),
      age: age, quality: try Self.word("quality", of: json) ?? .valid, status: try status(json["status"]),
      values: values, isStream: isStream, revision: 1, state: try Self.word("state", of: json) ?? .final)
  }

  private func observation(_ json: JSON, received: Moment) throws(TraceProblem) -> (Int64?, Age) {
    var observed = received.wallMs
    if let given = json["observedAt"] {
      observed = given == .null ? nil : try Self.milliseconds(given, "observedAt")
    }
    let said: Age? = try Self.word("age", of: json)
    guard said == nil, let observed, let wall = received.wallMs else { return (observed, said ?? .fresh) }
    return (observed, wall &- observed > 15 * 60_000 ? .late : .fresh)
  }

  private mutating func id(_ json: JSON?) throws(TraceProblem) -> StableID {
    guard let json, json != .null else { return ReadingNames.line(lineNumber) }
    guard let text = json.text ?? json.number?.description, !text.isEmpty else { throw Self.wrong("reading") }
    return ids.id(of: text)
  }

  private func status(_ json: JSON?) throws(TraceProblem) -> [String] {
    guard let json, json != .null else { return [] }
    guard let words = json.list?.map(\.text), words.allSatisfy({ $0 != nil }) else { throw Self.wrong("status") }
    return words.compactMap { $0 }
  }

  private func user(_ json: JSON) throws(TraceProblem) -> Int? {
    guard let user = try field("user", of: json, \.whole) else { return nil }
    guard UserSlots.users.contains(Int(user)) else { throw Self.wrong("user") }
    return Int(user)
  }

  private func field<T>(_ name: String, of json: JSON, _ value: (JSON) -> T?) throws(TraceProblem) -> T? {
    guard let found = json[name], found != .null else { return nil }
    guard let found = value(found) else { throw Self.wrong(name) }
    return found
  }

  static func word<T: RawRepresentable>(_ name: String, of json: JSON) throws(TraceProblem) -> T?
  where T.RawValue == String {
    guard let found = json[name], found != .null else { return nil }
    guard let word = found.text.flatMap(T.init(rawValue:)) else { throw wrong(name) }
    return word
  }

  static func resident(_ json: JSON?) throws(TraceProblem) -> ResidentID? {
    guard let json, json != .null else { return nil }
    guard let resident = json.text.flatMap(ResidentID.init) else { throw wrong("resident") }
    return resident
  }
}
