// SPDX-License-Identifier: GPL-3.0-or-later

/// Tells a value that bluetoothd says twice from two values that are equal. Pure: the times are handed in.
///
/// bluetoothd emits a value once for each client that has a session, and each client hears all of them (src/gatt-client.c,
/// notify_cb). So where another program has subscribed too, everything comes in pairs, one signal right behind the other. A
/// device whose values were held up may send two equal ones in one breath as well, and then goes on with single ones. So the
/// second of a first pair is kept back until it is known which of the two it is: nothing is lost, and nothing counts twice.
struct Echoes: Sendable {
  typealias Instant = ContinuousClock.Instant

  enum Verdict: Sendable, Equatable {
    case value
    case echo
    /// It is kept back.
    case doubtful
  }

  /// The two signals leave bluetoothd in one go.
  fileprivate static let breath = Duration.milliseconds(100)
  /// On a box that is busy the second may be late. That is believed while all comes in pairs.
  fileprivate static let lateness = Duration.seconds(1)
  /// A stream of equal values has even pauses, pairs of them have not.
  fileprivate static let unevenness = 4

  fileprivate struct Last {
    var bytes: [UInt8]
    var serial: UInt32
    var at: Instant
    var isSecond = false
    /// The value before it, and how long before.
    var before: [UInt8]?
    var pause: Duration?
    /// All comes in pairs.
    var isPaired = false
    var kept: [UInt8]?
  }

  private var byPath: [String: Last] = [:]

  /// - Parameters:
  ///   - path: of the characteristic.
  ///   - serial: of the signal; bluetoothd counts its messages.
  /// - Returns: what it is; and the value that was kept back before, where it turns out to be one.
  mutating func judge(
    _ bytes: [UInt8], of path: String, serial: UInt32, at now: Instant
  ) -> (verdict: Verdict, released: [UInt8]?) {
    guard var last = byPath[path] else {
      byPath[path] = Last(bytes: bytes, serial: serial, at: now)
      return (.value, nil)
    }
    defer { byPath[path] = last }
    let pause = now - last.at
    let isPair = last.isPair(with: bytes, serial: serial, after: pause)
    let wasAlone = !isPair && !last.isSecond
    if !isPair { (last.before, last.pause) = (last.bytes, pause) }
    (last.bytes, last.serial, last.at, last.isSecond) = (bytes, serial, now, isPair)
    if wasAlone {
      last.isPaired = false
      defer { last.kept = nil }
      return (.value, last.kept)
    }
    guard isPair else { return (.value, nil) }
    if last.isPaired || last.kept != nil {
      (last.isPaired, last.kept) = (true, nil)
      return (.echo, nil)
    }
    last.kept = bytes
    return (.doubtful, nil)
  }

  /// Nothing came that would have told: it is a value.
  mutating func release(_ path: String) -> [UInt8]? {
    defer { byPath[path]?.kept = nil }
    return byPath[path]?.kept
  }

  /// The characteristic is gone.
  mutating func forget(_ path: String) { byPath[path] = nil }
  mutating func forget() { byPath = [:] }
}

extension Echoes.Last {
  /// Whether the signal that came so long after this one has the same value as this and can be its echo.
  fileprivate func isPair(with other: [UInt8], serial next: UInt32, after gap: Duration) -> Bool {
    guard !isSecond, other == bytes, next == serial &+ 1 else { return false }
    guard before == bytes else { return gap < (isPaired ? Echoes.lateness : Echoes.breath) }
    return gap < Echoes.breath && pause.map { gap * Echoes.unevenness < $0 } != false
  }
}
