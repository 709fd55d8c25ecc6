// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway
import Texts

/// A ``ScanList`` for people, in 80 columns or more.
struct ScanTable {
  let list: ScanList
  /// Strangers too.
  let all: Bool
  /// Serial numbers were asked for: where there is none, that is shown.
  let serials: Bool
  let language: Language

  /// The live picture: what to do, and the devices that there is room for.
  func picture(columns: Int, lines: Int, at now: ContinuousClock.Instant) -> [String] {
    let head = [ScanTexts.title(in: language), ScanTexts.state(list.state.rawValue)(in: language), ""]
    let entries = list.ordered(all: all, at: now)
    guard !entries.isEmpty else {
      let hint = list.state.isObstacle ? [] : ScanTexts.nothingYet.map { $0(in: language) }
      return head + hint + footer
    }
    let blocks = entries.map { block($0, columns: columns, at: now) }
    var room = lines - head.count - 1 - footer.count
    if blocks.reduce(0, { $0 + $1.count }) > room { room -= 1 }
    var shown: [[String]] = []
    for block in blocks {
      guard block.count <= room else { break }
      room -= block.count
      shown.append(block)
    }
    let missing = blocks.count - shown.count
    return head + [header(columns: columns)] + shown.joined()
      + (missing > 0 ? [ScanTexts.more(missing)(in: language)] : []) + footer
  }

  /// All that was heard, for output that is not a terminal.
  func lines(at now: ContinuousClock.Instant) -> [String] {
    let entries = list.ordered(all: all, at: now)
    guard !entries.isEmpty else { return ScanTexts.nothingHeard.map { $0(in: language) } + footer }
    return [header(columns: 80)] + entries.flatMap { block($0, columns: 80, at: now) } + footer
  }

  private var footer: [String] {
    !all && list.strangers > 0 ? ["", ScanTexts.strangers(list.strangers)(in: language)] : []
  }

  // MARK: rows

  private func header(columns: Int) -> String {
    row("", ScanTexts.columns.map { $0(in: language) }, columns: columns)
  }

  /// A device's row and what else there is to say about it.
  private func block(_ entry: ScanList.Entry, columns: Int, at now: ContinuousClock.Instant) -> [String] {
    let device = entry.device
    let age = now - entry.heard
    let isHeard = age < .seconds(15)
    var remarks: [String] = []
    // An enrolled device has an id; its serial number stands here where somebody wants to compare.
    let isKnown = device.enrolled == nil && (device.serial != nil || device.model != nil)
    if isKnown || (serials && device.isUsable) {
      remarks.append(ScanTexts.identity(serial: device.serial, model: device.model)(in: language))
    }
    if let note = device.note { remarks.append(ScanTexts.note(note.rawValue)(in: language)) }
    let first = row(
      entry.isFresh(at: now) ? "*" : "",
      [
        device.name ?? "-", what(device), device.connected || !isHeard ? "-" : device.rssi.map(Self.signal) ?? "-",
        device.connected ? ScanTexts.connected(in: language) : ScanTexts.age(age.components.seconds)(in: language),
        device.enrolled ?? "-", device.address,
      ], columns: columns)
    return [first] + remarks.map { "    " + $0 }
  }

  private func what(_ device: ScanDevice) -> String {
    let names = zip(device.profiles, device.titles).map { id, title in
      ScanTexts.deviceKind(ofProfile: id)?(in: language) ?? Text(zh: title.zh, en: title.en)(in: language)
    }
    return names.isEmpty ? "-" : names.joined(separator: ScanTexts.listSeparator(in: language))
  }

  /// ASCII: block elements take two cells in some Chinese terminals.
  static func signal(_ dBm: Int) -> String {
    let bars =
      switch dBm {
      case (-60)...: 4
      case -70 ..< -60: 3
      case -80 ..< -70: 2
      default: 1
      }
    return Layout.padded(String(repeating: "|", count: bars), to: 4) + " \(dBm)"
  }

  private func row(_ mark: String, _ cells: [String], columns: Int) -> String {
    let name = 16 + min(16, max(0, columns - 80))
    let widths = [name, 14, 9, 6, 4, 17]
    let padded = zip(cells, widths).map { Layout.padded(Layout.cut($0, to: $1), to: $1) }
    return Layout.padded(mark, to: 2) + (padded.dropLast() + cells.suffix(1)).joined(separator: "  ")
  }
}
