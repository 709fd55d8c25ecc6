// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

@testable import Gateway
@testable import vigilctl

@Suite struct StatusScreenTests {
  private static let states = [
    "connected", "connecting", "searching", "waiting-for-bluetooth", "waiting-for-turn", "retrying",
  ]
  private static let failures: [Health.Failure?] = [
    nil, Health.Failure(name: "org.vigil.Error.HungUp", message: "F5:F1:F2:F3:F4:01 hung up at once"),
    Health.Failure(name: "org.bluez.Error.Failed", message: "le-connection-abort-by-local"),
    Health.Failure(name: "org.bluez.Error.Failed", message: String(repeating: "original words ", count: 12)),
  ]

  private func device(
    _ number: Int, state: String, failure: Health.Failure? = nil, model: String = "BP cuff",
    resident: String = "r-31k7", users: [Health.User]? = nil, serial: String? = nil, rssi: Int? = -61,
    condition: DeviceCondition? = nil, missing: [String]? = nil, battery: Int64 = 0, keeps: Bool = false
  ) -> Health.Device {
    Health.Device(
      id: "d-\(number)", address: "F5:F1:F2:F3:F4:0\(number)", model: model, resident: resident,
      users: users, profiles: ["bluetooth.blood-pressure"], link: "authenticated", serial: serial, purpose: "care",
      state: state, stateSeconds: 2640, condition: condition?.rawValue, text: condition.map { Self.text($0, failure) },
      missingProfiles: missing, error: failure?.message,
      failure: failure, retryInSeconds: state == "retrying" ? 20 : nil,
      turnInSeconds: state == "waiting-for-turn" ? 12 : nil, keepsConnection: keeps ? true : nil, batteryPercent: 81,
      batterySecondsAgo: battery, rssi: rssi,
      lastReadingSecondsAgo: 12_000, lastSeenSecondsAgo: 640)
  }

  /// As the daemon says it.
  private static func text(_ condition: DeviceCondition, _ failure: Health.Failure?) -> [String: String] {
    condition.explanation(
      DeviceCondition.Details(
        failure: failure.map { ($0.name, $0.message) }, retrySeconds: 20, turnSeconds: 12,
        bluetooth: BluetoothCondition.adapterGivenUp.explanation(adapter: "hci0", seconds: 600),
        missingProfiles: ["bluetooth.heart-rate", "example.chest-strap"])
    ).sentence.byTag
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

  private static func bluetooth(
    available: Bool = true, adapter: String = "00:1A:7D:DA:71:13", powered: Bool = true,
    condition: BluetoothCondition = .working
  ) -> Health.Bluetooth {
    Health.Bluetooth(
      available: available, version: available && !adapter.isEmpty ? "5.66" : nil, name: "hci0", adapter: adapter,
      powered: powered, condition: condition.rawValue,
      text: condition.explanation(adapter: "hci0", seconds: 600).sentence.byTag, retryInSeconds: nil,
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
        devices: (1...5).map {
          device(
            $0, state: $0 < 3 ? "connected" : waiting, failure: Self.failures[2],
            condition: $0 < 3 ? .connected : .notAdvertising)
        }, alerts: 2
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
              device(
                $0, state: Self.states[$0 % Self.states.count], failure: failure, model: name, resident: resident,
                condition: DeviceCondition.allCases[$0])
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

  /// All of it is on the screen, in whole words, however long it is.
  @Test(arguments: Language.allCases)
  func everyConditionIsSaid(language: Language) {
    for condition in DeviceCondition.allCases {
      let isFine = [.connected, .listening].contains(condition)
      let state = isFine ? condition.rawValue : condition == .silent ? "connected" : "retrying"
      let home = health(devices: [device(1, state: state, failure: Self.failures[2], condition: condition)])
      let shown = lines(home, language).drop { !$0.hasPrefix("  d-1") }
      let text = shown.map { $0.drop { $0 == " " } }.joined(separator: "").filter { $0 != " " }
      let words = Text(byTag: Self.text(condition, Self.failures[2]))
      if isFine {
        #expect(
          !text.contains(words(in: language).filter { $0 != " " }), "what is well needs no sentence: \(condition)")
        #expect(text.contains(DeviceTexts.word(state: state)(in: language)))
      } else {
        #expect(text.contains(words(in: language).filter { $0 != " " }), "\(shown)")
        // Of a device that is connected it is not said that it is away.
        #expect(
          text.contains(language == .zh ? "未连接44分钟：" : "awayfor44min:") == ![.silent, .resolving].contains(condition),
          "\(shown)")
      }
    }
  }

  @Test(arguments: Language.allCases)
  func everyConditionOfBluetoothIsSaid(language: Language) {
    for condition in BluetoothCondition.allCases {
      let bluetooth = Self.bluetooth(
        available: ![.busAway, .bluetoothdAway].contains(condition),
        adapter: condition == .adapterMissing ? "" : "00:1A:7D:DA:71:13",
        powered: ![.adapterMissing, .adapterOff].contains(condition), condition: condition)
      let shown = lines(health(devices: [], bluetooth: bluetooth), language)
      let text = shown.map { $0.drop { $0 == " " } }.joined(separator: "").filter { $0 != " " }
      let words = condition.explanation(adapter: "hci0", seconds: 600).sentence(in: language).filter { $0 != " " }
      #expect(text.contains(words) == (condition != .working), "\(shown)")
    }
  }

  @Test func whatWasKnownLongAgoSaysSo() {
    let old = health(devices: [device(1, state: "connecting", rssi: nil, battery: 12_000)])
    #expect(lines(old, .en).contains { $0.contains("battery 81 % (3 h ago), last seen 10 min ago") })
    #expect(lines(old, .zh).contains { $0.contains("电量 81%（3 小时前）") })
  }

  @Test func aProfileThatIsGoneIsNamed() {
    let half = health(devices: [device(1, state: "connected", condition: .connected, missing: ["example.gone"])])
    #expect(lines(half, .en).contains { $0.contains("profiles of it are not there any more: example.gone") })
  }

  @Test func anOlderDaemonIsUnderstood() throws {
    let home = health(devices: [device(1, state: "of-another-daemon")])
    let shown = lines(home, .en).drop { !$0.hasPrefix("  d-1") }
    #expect(shown.last?.hasSuffix("away for 44 min: of-another-daemon") == true, "\(shown)")
    #expect(
      lines(health(devices: [device(1, state: "connected")]), .en).contains(
        "  d-1  BP cuff  r-31k7  connected, last reading 3 h ago, battery 81 %"))
  }

  @Test func aConnectionThatOthersWaitForIsSaid() {
    let kept = health(devices: [device(1, state: "connected", keeps: true)])
    #expect(lines(kept, .en).joined(separator: " ").contains("keeps its connection: a value is being watched"))
    #expect(lines(kept, .zh).joined().contains("保持连接"))
    let waiting = health(devices: [device(1, state: "waiting-for-turn", condition: .waitingForTurn)])
    #expect(lines(waiting, .en).contains { $0.hasSuffix("its turn comes in about 12 s") })
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
