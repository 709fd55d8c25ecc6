// SPDX-License-Identifier: GPL-3.0-or-later

/// Whether the controller still does what it is there for, and what to do where it does not. Pure: the times are handed in.
///
/// There are two signs. *Unanswered*: bluetoothd lives and does not answer calls that need the controller. *Silent*: it was
/// heard, and then for long nothing at all. What is tried is a ladder, a rung at a time, with time to see what came of it;
/// whoever calls again what failed has been the lowest rung already.
struct ControllerPulse: Sendable {
  typealias Instant = ContinuousClock.Instant

  enum Step: Sendable, Equatable, CaseIterable {
    /// Ends bluetoothd's discovery and begins a new one, for a while where nobody wants one.
    case rediscover
    /// `Powered` off and on.
    case powerCycle
    /// The kernel takes the controller down and up, past bluetoothd.
    case reset
    /// A person has to know.
    case giveUp
  }

  /// What can be seen at a moment.
  struct Scene: Sendable {
    /// Somebody wants advertisements, and bluetoothd says that it listens.
    var isListening: Bool
    /// A device is connected. It need not say anything, and while nobody listens nothing else does.
    var hasLink: Bool
    /// Strangers were there, so that nobody would be heard is not to be believed.
    var isCrowded: Bool
  }

  /// No advertisement for so long where there were some, or no sign of life at all.
  static let silence = Duration.seconds(90)
  /// Each rung has so long to show that it helped.
  static let trial = Duration.seconds(12)
  /// After the last rung the ladder begins again.
  static let rest = Duration.seconds(600)
  /// In a home where nobody is and no device is on, silence means nothing: it is looked into ever more seldom.
  static let longestRest = Duration.seconds(6 * 3600)
  /// Nothing that ends links is done while values come over them.
  static let respect = Duration.seconds(60)
  /// One call without an answer happens; the next try may well be answered.
  static let patience = 2

  private var unanswered = 0
  private(set) var lastReport: Instant?
  /// A report, a link that came up, a value.
  private var lastHeard: Instant?
  private var lastValue: Instant?
  private var rung = 0
  private var lastStep: Instant?
  private var began: Instant?
  private var silentRest = ControllerPulse.rest
  private var wasCrowded = false
  /// All was tried in vain. It is tried again, and a person has to know.
  private(set) var hasGivenUp = false

  /// An advertisement was reported.
  mutating func reported(at now: Instant) {
    lastReport = now
    heard(at: now)
  }

  /// A device got connected, or whatever else nobody can hear without a controller.
  mutating func heard(at now: Instant) {
    lastHeard = now
    silentRest = Self.rest
    if !isUnanswered { hasGivenUp = false }
  }

  /// A value came over a link.
  mutating func valueCame(at now: Instant) {
    lastValue = now
    heard(at: now)
  }

  /// A call that needs the controller was answered, be it by an error.
  mutating func answered() {
    unanswered = 0
    hasGivenUp = false
  }

  mutating func unansweredCall() { unanswered += 1 }

  /// The controller or bluetoothd was taken away: what comes is another one.
  mutating func forget() { self = ControllerPulse() }

  /// Calls that need the controller are not answered.
  var isUnanswered: Bool { unanswered >= Self.patience }
  /// Something was tried, and there is more to try.
  var isClimbing: Bool { lastStep != nil && rung < Step.allCases.count }
  /// When the next rung is due, once one was taken.
  var nextStep: Instant? { lastStep.map { $0 + pause } }
  private var pause: Duration { rung < Step.allCases.count ? Self.trial : isUnanswered ? Self.rest : silentRest }

  /// Whether there is anything to be done, now or in a while.
  func isTroubled(_ scene: Scene, at now: Instant) -> Bool { isUnanswered || isSilent(scene, now) }

  /// What to do now. It counts as done.
  mutating func due(_ scene: Scene, at now: Instant) -> Step? {
    guard isTroubled(scene, at: now) else { return nil }
    if let lastStep {
      let passed = now - lastStep
      guard passed >= pause else { return nil }
      if passed >= Self.rest {
        if rung == Step.allCases.count, !isUnanswered { silentRest = min(silentRest * 2, Self.longestRest) }
        rung = 0
      }
    }
    let step = Step.allCases[rung]
    if step == .powerCycle || step == .reset, let lastValue, now - lastValue < Self.respect { return nil }
    if rung == 0 { (began, wasCrowded) = (now, scene.isCrowded) }
    rung += 1
    lastStep = now
    guard step == .giveUp else { return step }
    // Silence alone is no proof, unless others than this home's devices were there.
    hasGivenUp = isUnanswered || wasCrowded
    return hasGivenUp ? step : nil
  }

  private func isSilent(_ scene: Scene, _ now: Instant) -> Bool {
    if scene.isListening { return lastReport.map { now - $0 >= Self.silence } ?? false }
    guard !scene.hasLink, let lastHeard, now - lastHeard >= Self.silence else { return false }
    // Nobody listens. It is looked into from time to time, and then until something is heard.
    if let lastStep, lastHeard < lastStep, rung < Step.allCases.count { return true }
    return began.map { now - $0 >= Self.rest } ?? true
  }
}
