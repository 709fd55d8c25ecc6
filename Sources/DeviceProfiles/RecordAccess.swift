// SPDX-License-Identifier: GPL-3.0-or-later

/// Asks a device for its stored records at its Record Access Control Point (Glucose Service 1.0.1, 3.4): octets in,
/// octets out. It reports and aborts; nothing is ever deleted. Nothing is asked for by time: what a device stored while its
/// clock was wrong would be left out, and each that can be asked so numbers its records as well.
///
/// What is new is asked for: the records from the last one on that is here, and that one again, so that there is always an
/// answer that can be looked at. Where it is the record that is known, the device's latest record says whether there is
/// anything that this way does not show: a counter that has wrapped or begun again numbers it lower. Whatever else comes
/// of these two questions (no record, refused, silence), all records are asked for, which no device may refuse.
struct RecordAccess: Sendable {
  enum Request: Sendable, Equatable {
    /// From this sequence number on, with it.
    case since(UInt16)
    case latest
    case all

    var bytes: [UInt8] {
      switch self {
      case .since(let number): [0x01, 0x03, 0x01, UInt8(number & 0xFF), UInt8(number >> 8)]
      case .latest: [0x01, 0x06]
      case .all: [0x01, 0x01]
      }
    }

    var name: String {
      switch self {
      case .since: "report new records"
      case .latest: "report the latest record"
      case .all: "report stored records"
      }
    }
  }

  private enum State: Sendable, Equatable {
    case idle
    case asked(Request)
    /// What was reported is being looked at.
    case weighing(Request)
    /// All records are asked for afterwards, or not.
    case aborting(thenAll: Bool)
  }

  private static let abort: [UInt8] = [0x03, 0x00]
  private static let response: UInt8 = 0x06
  private static let report: UInt8 = 0x01
  private static let succeeded: UInt8 = 1
  private static let noRecords: UInt8 = 6
  /// A device that reports is never silent for so long (Pulse Oximeter Service: 5 s at most).
  private static let silenceMs: Int64 = 10_000

  /// 128-bit, lower case.
  let characteristic: String
  private var state = State.idle
  private var lastMs: Int64 = 0
  private var wasRefused = false

  init(characteristic: String) { self.characteristic = characteristic }

  var isBusy: Bool { state != .idle }

  /// When ``timePassed(to:)`` is to be called; nil: never.
  var due: Int64? {
    switch state {
    case .idle, .weighing: nil
    case .asked, .aborting: lastMs + Self.silenceMs
    }
  }

  // MARK: what happens

  /// - Parameter last: the sequence number of the last record that is here with all before it; nil where none is.
  mutating func begin(after last: UInt16?, at now: Int64) -> [DeviceSession.Action] {
    wasRefused = false
    return ask(last.map(Request.since) ?? .all, at: now)
  }

  /// A record has come.
  mutating func heard(at now: Int64) { lastMs = max(lastMs, now) }

  /// The control point has said something. What is no answer to what was asked says nothing.
  mutating func answered(_ bytes: [UInt8], at now: Int64) -> [DeviceSession.Action] {
    guard bytes.count == 4, bytes[0] == Self.response, bytes[1] == 0 else { return [] }
    let (operation, code) = (bytes[2], bytes[3])
    heard(at: now)
    switch state {
    case .idle, .weighing: return []
    case .aborting(let thenAll):
      return thenAll ? ask(.all, at: now) : end(isWhole: false, "the report of stored records was aborted")
    case .asked(.all) where operation == Self.report:
      switch code {
      case Self.succeeded: return end(isWhole: true, "all stored records were reported")
      case Self.noRecords: return end(isWhole: true, "no records are stored")
      default: return end(isWhole: false, "the stored records cannot be had: response \(code)")
      }
    case .asked(let request) where operation == Self.report:
      guard code == Self.succeeded else { return ask(.all, at: now) }
      state = .weighing(request)
      return [.weighRecords]
    case .asked: return []
    }
  }

  /// See ``DeviceSession/recordsWereWeighed(isKnownStart:hasNew:at:)``.
  mutating func weighed(isKnownStart: Bool, hasNew: Bool, at now: Int64) -> [DeviceSession.Action] {
    guard case .weighing(let request) = state else { return [] }
    switch request {
    case .since: return ask(isKnownStart ? .latest : .all, at: now)
    case .latest where !hasNew: return end(isWhole: true, "the new stored records were reported")
    case .latest, .all: return ask(.all, at: now)
    }
  }

  /// What was written was refused: a report that somebody asked for before may be going on. It is aborted, once.
  mutating func refused(at now: Int64) -> [DeviceSession.Action] {
    switch state {
    case .idle, .weighing: return []
    case .aborting(true): return ask(.all, at: now)
    case .asked where !wasRefused:
      wasRefused = true
      return abort(thenAll: true, at: now)
    case .asked, .aborting(false): return end(isWhole: false, "the stored records cannot be had")
    }
  }

  mutating func timePassed(to now: Int64) -> [DeviceSession.Action] {
    guard let due, now >= due else { return [] }
    switch state {
    case .idle, .weighing: return []
    case .asked(let request):
      return [.note("the report of stored records has ended without a word")]
        + abort(thenAll: request != .all, at: now)
    case .aborting(true): return ask(.all, at: now)
    case .aborting(false): return end(isWhole: false, "the device does not answer the abort")
    }
  }

  private mutating func ask(_ request: Request, at now: Int64) -> [DeviceSession.Action] {
    (state, lastMs) = (.asked(request), now)
    return [write(request.bytes, request.name)]
  }

  private mutating func abort(thenAll: Bool, at now: Int64) -> [DeviceSession.Action] {
    (state, lastMs) = (.aborting(thenAll: thenAll), now)
    return [write(Self.abort, "abort the report")]
  }

  private mutating func end(isWhole: Bool, _ note: String) -> [DeviceSession.Action] {
    state = .idle
    return (isWhole ? [.recordsAreWhole] : []) + [.note(note)]
  }

  private func write(_ bytes: [UInt8], _ name: String) -> DeviceSession.Action {
    .write(DeviceSession.Write(characteristic: characteristic, bytes: bytes, withResponse: true, name: name))
  }
}
