// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway
import Testing
import Texts

@testable import vigilctl

@Suite struct ScanTableTests {
  private let start = ContinuousClock.now

  private func cuff(_ last: Int, began: Int? = nil, enrolled: String? = nil, seen: Int = 0) -> ScanDevice {
    ScanDevice(
      address: "F5:F1:F2:F3:F4:0\(last)", name: "BP cuff", services: ["1810"], profiles: ["bluetooth.blood-pressure"],
      titles: [ProfileTitle(zh: "Blood Pressure Service", en: "Blood Pressure Service")], rssi: -61, lastSeenMs: seen,
      beganMs: began, enrolled: enrolled)
  }

  private func stranger(_ last: Int) -> ScanDevice {
    ScanDevice(address: "C0:00:00:00:00:0\(last)", name: "TV", rssi: -90)
  }

  private func table(
    _ devices: [ScanDevice], state: ScanState = .ready, all: Bool = false, serials: Bool = false,
    language: Language = .en
  ) -> ScanTable {
    var list = ScanList()
    list.take(ScanMessage(state: state), at: start)
    for device in devices { list.take(ScanMessage(device: device), at: start) }
    return ScanTable(list: list, all: all, serials: serials, language: language)
  }

  private func addresses(_ table: ScanTable, at seconds: Double = 0) -> [String] {
    table.list.ordered(all: true, at: start + .seconds(seconds)).map { String($0.device.address.suffix(2)) }
  }

  @Test func theOneThatBeganLastStandsFirstAndIsMarked() {
    let devices = [
      stranger(9), cuff(1), cuff(2, began: 5000), cuff(3, enrolled: "d-1"), cuff(4, began: 1000), stranger(8),
    ]
    let table = table(devices)
    #expect(addresses(table) == ["04", "02", "01", "03", "08", "09"])
    let rows = table.lines(at: start)
    #expect(rows[1].hasPrefix("* BP cuff ") && rows[1].hasSuffix("F5:F1:F2:F3:F4:04"))
    #expect(rows[3].hasPrefix("  BP cuff ") && rows[3].hasSuffix("F5:F1:F2:F3:F4:01"))
    #expect(rows.suffix(2) == ["", "and 2 others that Vigil does not know (--all shows them)"])
    // A minute later it is one like the others.
    #expect(addresses(table, at: 60) == ["01", "02", "04", "03", "08", "09"])
  }

  @Test func strangersAreCountedOrShown() {
    #expect(table([cuff(1), stranger(1)]).lines(at: start).last?.hasPrefix("and 1 other that") == true)
    let shown = table([cuff(1), stranger(1)], all: true).lines(at: start)
    #expect(shown.last == "  TV                -               |    -90   now     -     C0:00:00:00:00:01")
    #expect(table([cuff(1)]).lines(at: start).count == 2)
  }

  @Test func whatHasGoneIsTakenOut() {
    var list = table([cuff(1), cuff(2)]).list
    list.take(ScanMessage(gone: cuff(1).address), at: start)
    #expect(list.ordered(all: true, at: start).map(\.device) == [cuff(2)])
  }

  @Test func theAgeGoesOnAndAnOldSignalIsNone() {
    let table = table([cuff(1, seen: 2000)])
    func row(_ seconds: Double) -> String { table.lines(at: start + .seconds(seconds))[1] }
    #expect(row(0).contains("|||  -61   now "))
    #expect(row(8).contains("|||  -61   10 s "))
    #expect(row(14).contains("  -          16 s "))
  }

  @Test func serialNumbersAndNotesHaveLinesOfTheirOwn() {
    var known = cuff(1)
    (known.serial, known.model, known.note) = ("SN-1", "BP-7", .refusedPairing)
    #expect(
      table([known]).lines(at: start).suffix(2) == [
        "    serial SN-1, model BP-7", "    refused pairing: maybe bonded to a phone",
      ])
    #expect(table([cuff(1)], serials: true).lines(at: start).last == "    serial -")
    var enrolled = cuff(2, enrolled: "d-1")
    enrolled.serial = "SN-2"
    #expect(table([enrolled]).lines(at: start).count == 2)
    #expect(table([enrolled], serials: true).lines(at: start).last == "    serial SN-2")
    #expect(table([stranger(1)], all: true, serials: true).lines(at: start).count == 2)
  }

  @Test(arguments: Language.allCases, ScanWords.states)
  func thePictureFits(language: Language, state: ScanState) {
    let many = (0...9).map { cuff($0, began: $0 * 100, enrolled: "d-999") } + (0...9).map(stranger)
    for devices in [many, [], [stranger(1)]] {
      for lines in [24, 12, 8] {
        let picture = table(devices, state: state, serials: true, language: language)
          .picture(columns: 80, lines: lines, at: start)
        #expect(picture.count <= lines && picture.allSatisfy { Layout.cells($0) <= 80 }, "\(picture)")
      }
    }
    let rows = table(many, language: language).lines(at: start).prefix(11)
    // However wide the characters are, the last column begins in the same cell.
    #expect(Set(rows.map { Layout.cells($0) - Layout.cells(String($0.split(separator: " ").last ?? "")) }).count == 1)
  }

  @Test func whatThereIsNoRoomForIsCounted() {
    let picture = table((0...9).map { cuff($0) } + [stranger(1)], serials: true).picture(
      columns: 80, lines: 12, at: start)
    #expect(picture.count == 11)
    #expect(
      picture.suffix(3) == [
        "and 8 more: make the window higher", "", "and 1 other that Vigil does not know (--all shows it)",
      ])
  }

  @Test func withNothingThereIsAHint() {
    #expect(table([]).picture(columns: 80, lines: 24, at: start).last?.contains("phone") == true)
    #expect(table([], state: .off).picture(columns: 80, lines: 24, at: start).joined().contains("rfkill"))
    #expect(table([], state: .off).picture(columns: 80, lines: 24, at: start).count == 3)
  }

  @Test(arguments: [
    (-40, "|||| -40"), (-60, "|||| -60"), (-61, "|||  -61"), (-71, "||   -71"), (-81, "|    -81"), (-100, "|    -100"),
  ])
  func theSignal(dBm: Int, expected: String) {
    #expect(ScanTable.signal(dBm) == expected)
  }
}

/// Every state that the daemon may tell.
enum ScanWords {
  static let states: [ScanState] = [.listening, .ready, .noBluetoothd, .noController, .off, .refused, .ended]
}
