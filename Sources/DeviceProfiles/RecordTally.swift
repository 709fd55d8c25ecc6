// SPDX-License-Identifier: GPL-3.0-or-later

/// The stored records that come over one connection, by their sequence numbers, and up to which nothing is missing.
///
/// That moves on only once the device has said that everything that was asked for is reported, to the highest number that
/// came: before, records of any number may be missing, in whatever order they come. What is asked for twice is dropped by
/// its id; what is not asked for is lost.
package struct RecordTally: Sendable {
  /// The number of the last record that is here with all before it. nil: none is, or the numbers have begun again.
  package private(set) var last: UInt16?
  private var highest: UInt16?
  private var sawLast = false
  private var hasNew = false
  private var isIncomplete = false

  package init(last: UInt16?) { self.last = last }

  /// A record has come.
  ///
  /// - Parameters:
  ///   - sequence: its number; nil where it has none.
  ///   - isKnown: it has come before.
  /// - Returns: whether it contradicts ``last``, which means nothing any more: it is new, and is not numbered after that.
  ///   This has to be on the disk no later than the record, since one that is known shows it no more.
  package mutating func take(_ sequence: Int?, isKnown: Bool) -> Bool {
    if !isKnown { hasNew = true }
    guard let number = sequence.flatMap(UInt16.init(exactly:)) else { return false }
    highest = max(number, highest ?? number)
    guard let last, number <= last else { return false }
    if isKnown {
      if number == last { sawLast = true }
      return false
    }
    self.last = nil
    return true
  }

  /// Something came that could not be kept: nobody knows what number it had.
  package mutating func miss() { isIncomplete = true }

  /// The record numbered ``last`` came, and none that contradicts it.
  package var isKnownStart: Bool { last != nil && sawLast }

  /// Whether a record has come since the last time this was asked that was not known.
  package mutating func takeNews() -> Bool {
    defer { hasNew = false }
    return hasNew
  }

  /// What ``last`` is once the device has reported everything that it has, or everything from ``last`` on.
  package var whole: UInt16? { isIncomplete ? last : highest ?? last }
}
