// SPDX-License-Identifier: GPL-3.0-or-later
import Texts
import Vitals

@testable import Alerting

/// What happens to an episode book, minute by minute, and what people hear of it.
struct BookStory {
  enum Step {
    /// The condition of a rule begins; it is the more serious of others.
    case begin(String, over: [String] = [])
    case end(String)
    case gone(String)
    case late(String)
    case acknowledge(String, seen: Int? = nil, by: String = "u-1")
    /// `minutes` nil is out of service.
    case pause(Pause.Scope, Int64?)
    /// Of the alert that the rule has open.
    case pauseAlert(String, Int64?)
    case unpause(Pause.Scope)
    case wait(Int64)
    /// The clinic receives nothing.
    case waitUnheard(Int64)
    /// Of the program, and of the machine: the monotonic clock begins again.
    case restart
    case reboot
    /// Milliseconds; the wall clock alone.
    case jump(Int64)
    case forgetTime
  }

  static let resident = ResidentID("r-31k7") ?? .unassigned
  static let address: DeviceAddress = {
    guard let address = DeviceAddress("F5:F1:F2:F3:F4:01") else { fatalError("not an address") }
    return address
  }()
  /// 2026-03-14 08:05 at UTC+8.
  static let beginning: Int64 = 1_773_446_700_000

  var book = EpisodeBook()
  var manners = BookStory.manners
  private(set) var log: [String] = []
  private(set) var alerts: [Alert] = []
  /// Milliseconds since the story began.
  private(set) var time: Int64 = 0
  private var boot = (id: "boot-1", began: Int64(-1_000_000))
  private var boots: [String: Int64] = ["boot-1": -1_000_000]
  private var wallOffset: Int64?
  private var readings = 0
  var tickMs = minute

  init() { wallOffset = Self.beginning }

  static let manners = Manners(
    high: .init(
      again: 5 * minute, escalate: [5 * minute, 15 * minute], latches: true, realarm: 30 * minute, dailyCap: nil,
      deliver: minute),
    medium: .init(
      again: 30 * minute, escalate: [30 * minute, 240 * minute], latches: false, realarm: nil, dailyCap: 6,
      deliver: 5 * minute),
    low: .init(again: nil, escalate: [], latches: false, realarm: nil, dailyCap: 3, deliver: 5 * minute),
    technical: .init(
      again: nil, escalate: [60 * minute, 1440 * minute], latches: false, realarm: nil, dailyCap: 6,
      deliver: 5 * minute),
    digestAt: 8 * 60)

  static let minute: Int64 = 60_000

  /// Rules are named for their priority: `high`, `high-2`, `medium`, `low-7`.
  static func rule(_ id: String, quiet: Int64? = nil) -> Rule {
    Rule(
      id: id, version: 2, author: "test", date: "2026-03-14", name: Text(zh: "名\(id)", en: "name \(id)"),
      category: id == "technical" ? .technical : .physiological, priority: priority(id), priorityCases: [],
      supersedes: [], applies: .init(), conditions: [.init(.value([.spo2], Bound(.below, 90)))],
      confirmation: .init(stream: nil, spot: .one),
      clear: .init(conditions: [], stream: nil, readings: 1, quiet: quiet), onceIn: nil)
  }

  static func priority(_ id: String) -> Alert.Priority {
    Alert.Priority.allCases.first { id.hasPrefix($0.rawValue) } ?? .low
  }

  var now: Moment {
    Moment(
      bootID: boot.id, monotonicMs: time - boot.began, wallMs: wallOffset.map { $0 + time },
      synchronized: wallOffset != nil)
  }

  var occasion: Occasion { Occasion(now: now, calendar: Occasion.fixedCalendar(offsetMinutes: 480)) }

  static func evidence(_ reading: String, _ value: Int, at wallMs: Int64?) -> Evidence {
    Evidence(
      reading: StableID(hashing: [reading]), values: [Quantity(.spo2, .number(ExactDecimal(value)))],
      observedWallMs: wallMs, age: .fresh)
  }

  mutating func onset(of id: String, over superseded: [String] = [], value: Int = 86) -> Onset {
    readings += 1
    let evidence = Self.evidence("reading \(readings)", value, at: now.wallMs)
    return Onset(
      priority: Self.priority(id), limits: [Limit(kind: .spo2, op: .below, value: ExactDecimal(90), basis: .default)],
      evidence: [evidence], decisive: evidence, link: .encrypted, superseded: superseded)
  }

  func open(_ rule: String) -> StableID { alerts.last { $0.rule == rule }?.alert ?? StableID(hashing: [rule]) }

  static func played(_ steps: [Step]) -> [String] {
    var story = BookStory()
    for step in steps { story.play(step) }
    return story.log
  }

  mutating func play(_ step: Step) {
    switch step {
    case .begin(let id, let over): take(id, .began(onset(of: id, over: over)))
    case .end(let id): take(id, .ended(by: Self.evidence("normal", 96, at: now.wallMs)))
    case .gone(let id): take(id, .ended(by: nil))
    case .late(let id): take(id, .late(onset(of: id)))
    case .acknowledge(let id, let seen, let person):
      let alert = open(id)
      answer { (book, occasion) throws(AnswerRefusal) in
        try book.acknowledge(alert, seen: seen, by: person, at: occasion)
      }
    case .pause(let scope, let minutes): begin(scope, minutes)
    case .pauseAlert(let id, let minutes): begin(.alert(open(id)), minutes)
    case .unpause(let scope):
      let manners = manners
      answer { (book, occasion) throws(AnswerRefusal) in
        try book.endPause(of: scope, at: occasion, manners: manners)
      }
    case .wait(let minutes): wait(minutes, isHeard: true)
    case .waitUnheard(let minutes): wait(minutes, isHeard: false)
    case .restart: restart()
    case .reboot:
      boot = ("boot-\(boots.count + 1)", time - 30_000)
      boots[boot.id] = boot.began
      restart()
    case .jump(let milliseconds): wallOffset = wallOffset.map { $0 + milliseconds }
    case .forgetTime: wallOffset = nil
    }
  }

  mutating func take(_ id: String, _ change: Finding.Change, quiet: Int64? = nil) {
    note(
      book.take(
        Finding(Self.rule(id, quiet: quiet), change), of: Self.resident, at: occasion, manners: manners))
  }

  mutating func note(_ alerts: [Alert]) {
    self.alerts += alerts
    log += alerts.map {
      "\(time / Self.minute) \($0.rule) \($0.phase.rawValue) \($0.state.rawValue) v\($0.version) L\($0.level)"
    }
  }

  private mutating func begin(_ scope: Pause.Scope, _ minutes: Int64?) {
    let pause = Pause(
      id: StableID(hashing: ["pause", "\(time)", "\(scope)"]), scope: scope, reason: "washing", by: "u-9", from: now,
      milliseconds: minutes.map { $0 * Self.minute })
    let manners = manners
    answer { (book, occasion) throws(AnswerRefusal) in
      try book.begin(pause, at: occasion, manners: manners)
    }
  }

  private mutating func answer(_ change: (inout EpisodeBook, Occasion) throws(AnswerRefusal) -> [Alert]) {
    do throws(AnswerRefusal) { note(try change(&book, occasion)) } catch {
      let why =
        switch error {
        case .unknown: "unknown"
        case .acknowledged(let first): "acknowledged by \(first.by)"
        case .stale(let version): "stale v\(version)"
        case .notPaused: "not paused"
        case .unpausable: "unpausable"
        }
      log.append("\(time / Self.minute) refused \(why)")
    }
  }

  private mutating func wait(_ minutes: Int64, isHeard: Bool) {
    let end = time + minutes * Self.minute
    while time < end {
      time += tickMs
      note(book.tick(at: occasion, isHeard: isHeard, manners: manners))
    }
  }

  /// From what was published, as the journal has it.
  private mutating func restart() {
    let latest = Dictionary(
      alerts.map { ($0.alert, $0) }, uniquingKeysWith: { $0.version > $1.version ? $0 : $1 })
    let open = alerts.filter { $0.version == 1 }.compactMap { latest[$0.alert] }.filter { $0.state != .ended }
    let (now, boot, boots) = (now, boot, boots)
    book.resume(of: Self.resident, open: open, pauses: book.pauses, day: book.day, at: occasion) { moment in
      if moment.bootID == boot.id { return moment.monotonicMs }
      guard let then = moment.wallMs, let wall = now.wallMs, boots[moment.bootID] != nil else { return -1 << 40 }
      return now.monotonicMs - (wall - then)
    }
  }
}
