// SPDX-License-Identifier: GPL-3.0-or-later
import Gateway
import Texts

/// How the gateway is, on one screen.
struct StatusScreen {
  let health: Health
  let language: Language
  let columns: Int

  /// How many alerts are shown while there is too little room for everything.
  private static let fewAlerts = 3
  private static let indent = 7
  /// In lines.
  private static let longestSentence = 3

  /// What does not fit is counted: first alerts beyond a few, then devices.
  func lines(atMost limit: Int) -> [String] {
    let head = facts.flatMap { labelled($0.label, $0.texts) }
    let title =
      health.devices.isEmpty
      ? []
      : labelled(
        StatusTexts.devices,
        [
          StatusTexts.devices(
            connected: health.devices.count { ["connected", "listening"].contains($0.state) }, of: health.devices.count)
        ])
    let alerts = (health.alerts ?? []).map(line)
    let devices = health.devices.isEmpty ? [Layout.wrapped(say(DeviceTexts.none), to: columns)] : deviceBlocks
    let all = devices.reduce(0) { $0 + $1.count }
    let room = limit == .max ? .max : max(0, limit - head.count - title.count)

    var shownAlerts = alerts.count
    if room != .max, alerts.count + all > room { shownAlerts = min(alerts.count, max(Self.fewAlerts, room - all - 1)) }
    var shown = head + alerts.prefix(shownAlerts)
    if health.openAlerts > shownAlerts {
      shown.append(more(StatusTexts.moreAlerts(health.openAlerts - shownAlerts)))
    }
    shown += title
    for (index, block) in devices.enumerated() {
      let isLast = index == devices.count - 1
      if limit != .max, shown.count + block.count + (isLast ? 0 : 1) > limit {
        shown.append(more(StatusTexts.moreDevices(devices.count - index)))
        break
      }
      shown += block
    }
    return shown
  }

  private func say(_ text: Text) -> String { text(in: language) }

  /// A sentence, cut where it would take more than its share of the screen.
  private func wrapped(_ text: String, to width: Int) -> [String] {
    Layout.wrapped(text, to: width, atMost: Self.longestSentence)
  }

  private func more(_ text: Text) -> String { Layout.cut("  " + say(text), to: columns) }

  // MARK: facts with a label

  private var facts: [(label: Text, texts: [Text])] {
    [
      (StatusTexts.daemon, [StatusTexts.running(version: health.version, seconds: health.uptimeSeconds)]),
      (StatusTexts.bluetooth, bluetooth), (StatusTexts.broker, broker), (StatusTexts.waiting, [queues]),
      (
        StatusTexts.clock,
        [
          StatusTexts.clock(
            isSynchronized: health.clockSynchronized, isKnown: health.wallClockKnown, zone: health.zone)
        ]
      ), (StatusTexts.storage, storage),
      (StatusTexts.alerts, [health.openAlerts == 0 ? StatusTexts.none : StatusTexts.open(health.openAlerts)]),
    ]
  }

  private func labelled(_ label: Text, _ texts: [Text]) -> [String] {
    let labels = [
      StatusTexts.daemon, StatusTexts.bluetooth, StatusTexts.broker, StatusTexts.waiting, StatusTexts.clock,
      StatusTexts.storage, StatusTexts.alerts, StatusTexts.devices,
    ]
    let width = (labels.map { Layout.cells(say($0)) }.max() ?? 0) + 2
    let lines = texts.flatMap { wrapped(say($0), to: max(20, columns - width)) }
    return lines.enumerated().map { index, line in
      Layout.cut(Layout.padded(index == 0 ? say(label) : "", to: width) + line, to: columns)
    }
  }

  private var bluetooth: [Text] {
    let bluetooth = health.bluetooth
    let controllers = bluetooth.controllers.map { controller in
      StatusTexts.controller(
        controller.name, bus: controller.bus, address: controller.address, isUp: controller.up,
        isRunning: controller.running, isUsed: controller.name == bluetooth.name, received: controller.receiveErrors,
        sent: controller.sendErrors)
    }
    guard bluetooth.available else { return [StatusTexts.bluetoothdIsDown] + controllers }
    let daemon = StatusTexts.bluetoothd(version: bluetooth.version)
    let adapter =
      if bluetooth.adapter.isEmpty {
        StatusTexts.adapterIsMissing(bluetooth.name)
      } else if bluetooth.powered {
        StatusTexts.adapterIsOn(bluetooth.name, address: bluetooth.adapter)
      } else {
        StatusTexts.adapterIsOff(bluetooth.name)
      }
    let both = Text(zh: "\(daemon.zh)，\(adapter.zh)", en: "\(daemon.en), \(adapter.en)")
    return [both] + (controllers.isEmpty && bluetooth.adapter.isEmpty ? [StatusTexts.noController] : controllers)
  }

  private var broker: [Text] {
    let broker = health.broker
    let address = "\(broker.host):\(broker.port)"
    guard broker.connected else {
      return [StatusTexts.notConnected(to: address, seconds: broker.stateSeconds, retry: broker.retryInSeconds)]
        + (broker.reason.map { [BrokerTexts.failure(reason: $0)] } ?? [])
    }
    return [StatusTexts.connected(to: address, seconds: broker.stateSeconds)]
      + (broker.undeliveredAlerts > 0 ? [StatusTexts.undelivered(broker.undeliveredAlerts)] : [])
      + readingTrouble
  }

  /// A broker that refuses readings tells nothing about who reads them.
  private var readingTrouble: [Text] {
    if let code = health.broker.readingRefusal { return [StatusTexts.refusesReadings(code: Int(code))] }
    return health.broker.nobodyReadsReadings ? [StatusTexts.nobodyReadsReadings] : []
  }

  private var queues: Text {
    guard !health.queues.isEmpty else { return StatusTexts.unknown }
    let waiting = Dictionary(health.queues.map { ($0.lane, $0.waiting) }, uniquingKeysWith: { $1 })
    return StatusTexts.queues(alerts: waiting["alert"] ?? 0, readings: waiting["reading"] ?? 0)
  }

  private var storage: [Text] {
    let storage = health.storage
    let state =
      storage.error.map { StatusTexts.storage(problem: storage.problem, original: $0) }
      ?? storage.freeBytes.map(StatusTexts.free) ?? StatusTexts.unknown
    // How full it is matters when it is.
    let use = storage.databaseBytes.flatMap { bytes in
      bytes >= storage.limitBytes / 4 ? StatusTexts.used(bytes, of: storage.limitBytes) : nil
    }
    return [state] + (use.map { [$0] } ?? [])
      + (storage.droppedReadings > 0 ? [StatusTexts.dropped(storage.droppedReadings)] : [])
      + (storage.undecodedValues > 0 ? [StatusTexts.undecoded(storage.undecodedValues)] : [])
  }

  // MARK: alerts and devices

  private func line(_ alert: Health.OpenAlert) -> String {
    let parts = [
      WatchTexts.mark(ofPriority: alert.priority), say(WatchTexts.priority(alert.priority)), alert.rule,
      alert.resident, say(WatchTexts.state(alert.state)), alert.raisedAt.map(WatchTime.dayAndTime) ?? "",
      alert.undelivered == true ? say(StatusTexts.undelivered) : "",
    ]
    return Layout.cut("  " + parts.filter { !$0.isEmpty }.joined(separator: "  "), to: columns)
  }

  /// For each device a line of facts and, while it is not connected, what is waited for or tried next.
  private var deviceBlocks: [[String]] {
    let names = Layout.table(
      health.devices.map { [$0.id, Layout.cut($0.label, to: 22), Layout.cut($0.whose(in: language), to: 14)] })
    let width = (names.map(Layout.cells).max() ?? 0) + 2
    return zip(health.devices, names).map { device, name in
      let facts = facts(of: device).map(say).joined(separator: say(WatchTexts.comma))
      let whole = "  " + Layout.padded(name, to: width) + facts
      let sentence = device.state == "connected" ? [] : [say(state(of: device))]
      // With a long name what is known of the device begins a line of its own.
      let isOneLine = Layout.cells(whole) <= columns
      let more =
        (isOneLine ? [] : [facts]) + (device.usersText.map { [say($0)] } ?? []) + device.consentTroubles.map(say)
        + sentence
      return [Layout.cut(isOneLine ? whole : "  " + name, to: columns)]
        + more.flatMap { wrapped($0, to: columns - Self.indent) }.map {
          String(repeating: " ", count: Self.indent) + $0
        }
    }
  }

  private func facts(of device: Health.Device) -> [Text] {
    (device.purpose == "care" ? [] : [DeviceTexts.provisional])
      + (device.state == "connected" ? [DeviceTexts.connected] : [])
      + [device.lastReadingSecondsAgo.map(DeviceTexts.lastReading) ?? DeviceTexts.noReading]
      + (device.batteryPercent.map { [DeviceTexts.battery($0)] } ?? [])
      + (device.state == "connected" ? [] : presence(of: device))
  }

  /// How strong it is while it is in the air, or when it was; a link says more than both.
  private func presence(of device: Health.Device) -> [Text] {
    if let signal = device.rssi { return [DeviceTexts.signal(signal)] }
    return device.lastSeenSecondsAgo.map { [DeviceTexts.lastSeen(secondsAgo: $0)] } ?? []
  }

  private func state(of device: Health.Device) -> Text {
    switch device.state {
    case "connecting": return DeviceTexts.waitsForAdvertisement
    case "searching": return DeviceTexts.waitsToBeSeen
    case "waiting-for-turn": return DeviceTexts.waitsForTurn
    case "retrying":
      let failure = device.failure
      return DeviceTexts.retrying(
        name: failure?.name ?? "org.vigil.Error.Failed", message: failure?.message ?? device.error ?? "",
        seconds: device.retryInSeconds)
    case "waiting-for-bluetooth":
      if !health.bluetooth.available { return DeviceTexts.waitsForBluetoothd }
      if health.bluetooth.adapter.isEmpty { return DeviceTexts.waitsForAdapter }
      return health.bluetooth.powered ? DeviceTexts.goesOnSoon : DeviceTexts.waitsForPower
    default: return DeviceTexts.word(state: device.state)
    }
  }
}
