// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@testable import Gateway
@testable import vigilctl

@Suite struct StatusScreenTests {
  private static let states = ["connected", "connecting", "searching", "waiting-for-bluetooth", "retrying"]
  private static let failures: [Health.Failure?] = [
    nil, Health.Failure(name: "org.vigil.Error.HungUp", message: "F5:F1:F2:F3:F4:01 hung up at once"),
    Health.Failure(name: "org.bluez.Error.Failed", message: "le-connection-abort-by-local"),
    Health.Failure(name: "org.bluez.Error.Failed", message: String(repeating: "original words ", count: 12)),
  ]

  private func device(
    _ number: Int, state: String, failure: Health.Failure? = nil, model: String = "BP cuff",
    resident: String = "r-31k7", users: [Health.User]? = nil, serial: String? = nil, rssi: Int? = -61
  ) -> Health.Device {
    Health.Device(
      id: "d-\(number)", address: "F5:F1:F2:F3:F4:0\(number)", model: model, resident: resident,
      users: users, profiles: ["bluetooth.blood-pressure"], link: "authenticated", serial: serial, purpose: "care",
      state: state,
      error: failure?.message,
      failure: failure, retryInSeconds: state == "retrying" ? 20 : nil, batteryPercent: 81, rssi: rssi,
      lastReadingSecondsAgo: 12_000, lastSeenSecondsAgo: 640)
  }

  private func health(
    devices: [Health.Device], alerts: Int = 0, brokerReason: String? = nil,
    bluetooth: Health.Bluetooth = bluetooth(), host: String = "broker.example.org"
  ) -> Health {
    Health(
      version: "0.1.0", uptimeSeconds: 11_520, bootId: "b", clockSynchronized: true, wallClockKnown: true,
      zone: "Asia/Shanghai",
      broker: Health.Broker(
        connected: brokerReason == nil, host: host, port: 8883, stateSeconds: 180, reason: brokerReason,
        retryInSeconds: brokerReason == nil ? nil : 7, nobodyReadsReadings: alerts > 5,
        readingRefusal: alerts > 6 ? 135 : nil, undeliveredAlerts: alerts / 6),
      queues: [
        Health.Queue(lane: "alert", lastSeq: 9, waiting: 1), Health.Queue(lane: "reading", lastSeq: 9, waiting: 3),
      ],
      openAlerts: alerts,
      alerts: (0..<min(alerts, 50)).map { number in
        Health.OpenAlert(
          alert: "a\(number)", resident: "r-31k7", rule: "OX-1", version: 1,
          state: number < 2 ? "active" : "cleared-unacknowledged", priority: "high",
          raisedAt: number == 0 ? nil : "2026-03-14T08:05:30.114+08:00",
          undelivered: number == 3 ? nil : number == 1)
      }, bluetooth: bluetooth,
      storage: Health.Storage(
        freeBytes: 21_474_836_480, undecodedValues: alerts / 6, databaseBytes: 61_865_984,
        limitBytes: 536_870_912, droppedReadings: 0, error: nil, problem: nil),
      devices: devices)
  }

  private static func bluetooth(available: Bool = true, adapter: String = "00:1A:7D:DA:71:13", powered: Bool = true)
    -> Health.Bluetooth
  {
    Health.Bluetooth(
      available: available, version: available && !adapter.isEmpty ? "5.66" : nil, name: "hci0", adapter: adapter,
      powered: powered,
      controllers: [
        Health.Controller(
          name: "hci0", address: "00:1A:7D:DA:71:13", up: powered, running: powered, bus: "USB", receiveErrors: 0,
          sendErrors: 7)
      ])
  }

  private func lines(_ health: Health, _ language: Language, atMost limit: Int = 23) -> [String] {
    StatusScreen(health: health, language: language, columns: 80).lines(atMost: limit)
  }

  @Test(arguments: Language.allCases)
  func aHomeIsOnOneScreen(language: Language) {
    for waiting in Self.states {
      let home = health(
        devices: (1...5).map { device($0, state: $0 < 3 ? "connected" : waiting, failure: Self.failures[2]) }, alerts: 2
      )
      let shown = lines(home, language)
      #expect(shown.count <= 23)
      for device in home.devices { #expect(shown.contains { $0.hasPrefix("  \(device.id)  ") }) }
    }
  }

  @Test(arguments: Language.allCases)
  func noLineIsTooLongAndNoneTooMuch(language: Language) {
    let name = String(repeating: "血压计 long ", count: 8)
    let resident = "r-" + String(repeating: "x", count: 30)
    for failure in Self.failures {
      for count in [0, 1, 5, 12] {
        for reason in [nil, "Connection refused", String(repeating: "unheard of ", count: 20)] {
          let full = health(
            devices: (0..<count).map {
              device($0, state: Self.states[$0 % 5], failure: failure, model: name, resident: resident)
            }, alerts: count * 9, brokerReason: reason, bluetooth: Self.bluetooth(powered: false),
            host: String(repeating: "very-long.", count: 12) + "example")
          let shown = lines(full, language)
          #expect(shown.allSatisfy { Layout.cells($0) <= 80 })
          #expect(shown.count <= 23)
          // Nothing is left out in silence.
          let text = shown.joined(separator: "\n")
          let named = full.devices.count { device in shown.contains { $0.hasPrefix("  \(device.id) ") } }
          #expect(
            named == count || text.contains(StatusTexts.moreDevices(count - named)(in: language)))
        }
      }
    }
  }

  @Test func withoutATerminalEverythingIsShown() {
    let all = lines(health(devices: (0..<12).map { device($0, state: "retrying") }, alerts: 30), .en, atMost: .max)
    #expect(all.count { $0.contains("OX-1") } == 30)
    #expect(all.count { $0.hasPrefix("  d-") } == 12)
    #expect(!all.contains { $0.contains("more, see") })
  }

  @Test(arguments: [(Language.zh, "诊所未收到"), (.en, "not received by the clinic")])
  func whatNobodyHasReceivedIsMarked(language: Language, mark: String) {
    let shown = lines(health(devices: [], alerts: 4), language).filter { $0.contains("OX-1") }
    #expect(shown.map { $0.hasSuffix("  " + mark) } == [false, true, false, false], "\(shown)")
    #expect(shown.allSatisfy { !$0.contains("…") })
  }

  @Test func eachStateSaysWhatIsTriedNext() {
    func sentence(_ state: String, _ failure: Health.Failure? = nil, _ bluetooth: Health.Bluetooth = Self.bluetooth())
      -> String
    {
      let home = health(devices: [device(1, state: state, failure: failure)], bluetooth: bluetooth)
      return lines(home, .en).drop { !$0.hasPrefix("  d-1") }.joined(separator: " ")
    }
    #expect(
      sentence("connected")
        == "  d-1  BP cuff  r-31k7  connected, last reading 3 h ago, battery 81 %")
    #expect(sentence("connecting").hasSuffix("waits until it advertises: switch it on or take a measurement"))
    #expect(sentence("retrying", Self.failures[1]).contains("hung up at once"))
    #expect(sentence("retrying", Self.failures[1]).hasSuffix("next try in 20 s"))
    #expect(sentence("retrying", Self.failures[3]).contains("original words"))
    let waiting = "waiting-for-bluetooth"
    #expect(sentence(waiting, nil, Self.bluetooth(available: false)).hasSuffix("bluetoothd is not running"))
    #expect(sentence(waiting, nil, Self.bluetooth(adapter: "")).hasSuffix("the controller is missing"))
    #expect(sentence(waiting, nil, Self.bluetooth(powered: false)).hasSuffix("it is switched on every 30 s"))
    #expect(sentence("of-a-newer-daemon").hasSuffix("of-a-newer-daemon"))
  }

  @Test func aDeviceThatIsNotInTheAirSaysWhenItWas() {
    let away = lines(health(devices: [device(1, state: "connecting", rssi: nil)]), .en)
    #expect(away.contains { $0.hasSuffix("last reading 3 h ago, battery 81 %, last seen 10 min ago") })
    let near = lines(health(devices: [device(1, state: "connecting")]), .en)
    #expect(near.contains { $0.hasSuffix("battery 81 %, signal -61 dBm") })
  }

  @Test func twoCuffsAreToldApart() {
    let home = (1...2).map { device($0, state: "connecting", serial: "SN-\($0)") }
    #expect(Devices.table(home, in: .en, columns: 80)[2].contains("BP cuff (SN-2)"))
    #expect(lines(health(devices: home), .zh).contains { $0.hasPrefix("  d-2  BP cuff (SN-2)  r-31k7  最近读数 3 小时前") })
  }

  @Test func aSharedDeviceSaysWhoseItsReadingsAre() {
    let users = [Health.User(user: 0, resident: "r-31k7"), Health.User(user: 2, resident: "r-8m2q")]
    let home = [
      device(1, state: "connected"), device(2, state: "connected", users: users),
      device(3, state: "connected", users: []),
    ]
    let table = Devices.table(home, in: .en, columns: 80)
    #expect(table.map { $0.contains("by user") } == [false, false, true, true])
    #expect(
      Devices.users(home, in: .en, columns: 80) == [
        "d-2: user 0: r-31k7, user 2: r-8m2q, others: nobody", "d-3: others: nobody",
      ])
    #expect(Devices.users(home, in: .zh, columns: 80)[0] == "d-2: 用户 0：r-31k7，用户 2：r-8m2q，其余：无人")
    let shown = lines(health(devices: home), .en)
    #expect(
      shown.filter { $0.contains("nobody") } == [
        "       user 0: r-31k7, user 2: r-8m2q, others: nobody", "       others: nobody",
      ])
    #expect(lines(health(devices: home), .zh).contains { $0.hasPrefix("  d-2  BP cuff  按用户") })
  }

  @Test func aConsentThatDoesNotHelpIsSaid() {
    let answers = [nil, "stored", "granted", "refused", "unanswered"]
    let users = answers.enumerated().map { Health.User(user: $0, resident: "r-31k\($0)", consent: $1) }
    let home = [device(1, state: "connected", users: users)]
    for (language, words) in [
      (
        Language.en,
        [
          "user 0: r-31k0, user 1: r-31k1 (with a code),",
          "its user 3 refuses the consent code: assign it anew with vigilctl assign d-1 --user 3 --resident r-31k3 --consent",
          "its user 4 does not answer the consent code",
        ]
      ),
      (
        .zh,
        [
          "用户 0：r-31k0，用户 1：r-31k1（有授权码）", "设备拒绝用户 3 的授权码", "vigilctl assign d-1 --user 3 --resident r-31k3 --consent",
          "设备没有回应用户 4 的授权码",
        ]
      ),
    ] {
      let listed = Devices.users(home, in: language, columns: 400).joined(separator: "\n")
      for word in words { #expect(listed.contains(word), "\(listed)") }
      #expect(listed.split(separator: "\n").count == 3)
      let shown = lines(health(devices: home), language)
      #expect(shown.contains { $0.contains("3") && $0.contains(language == .en ? "refuses" : "拒绝") })
      for line in shown { #expect(Layout.cells(line) <= 80) }
    }
  }

  @Test(arguments: Language.allCases)
  func manyUsersFit(language: Language) {
    let users = (0..<200).map { Health.User(user: $0, resident: "r-" + String(repeating: "x", count: 30)) }
    let home = [device(1, state: "connected", users: users), device(2, state: "connected")]
    let shown = lines(health(devices: home), language)
    #expect(shown.count <= 23 && shown.contains { $0.hasPrefix("  d-2 ") })
    for line in shown + Devices.users(home, in: language, columns: 80) { #expect(Layout.cells(line) <= 80) }
  }

  @Test func controllersAreShownAsTheKernelHasThem() {
    let shown = lines(health(devices: []), .en)
    #expect(shown.contains { $0.contains("bluetoothd 5.66 is running, hci0 (00:1A:7D:DA:71:13) is on") })
    #expect(
      shown.contains { $0.hasSuffix("hci0  USB  00:1A:7D:DA:71:13  up, running, in use; errors: rx 0, tx 7") })
  }

  @Test(arguments: Language.allCases)
  func theTableOfDevicesFits(language: Language) {
    let usual = Devices.table((1...5).map { device($0, state: "connected") }, in: language, columns: 80)
    #expect(usual.count == 6 && !usual.joined().contains("…"))
    let long = Devices.table(
      [
        device(
          1, state: "waiting-for-bluetooth", model: String(repeating: "长", count: 60),
          resident: "r-" + String(repeating: "x", count: 30))
      ],
      in: language, columns: 80)
    #expect(long.allSatisfy { Layout.cells($0) <= 80 })
    #expect(long[1].contains("F5:F1:F2:F3:F4:01") && long[1].contains("81%"))
  }
}
