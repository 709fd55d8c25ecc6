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
            connected: health.devices.count(where: \.isUp), of: health.devices.count)
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
    let isWorking = bluetooth.condition == BluetoothCondition.working.rawValue
    let trouble = isWorking ? [] : [bluetooth.text.map(Text.init(byTag:)) ?? StatusTexts.unknown]
    guard bluetooth.available else { return trouble + controllers }
    let daemon = StatusTexts.bluetoothd(version: bluetooth.version)
    guard bluetooth.powered, !bluetooth.adapter.isEmpty else {
      let noController = controllers.isEmpty && bluetooth.adapter.isEmpty
      return trouble.map { Text(zh: "\(daemon.zh)，\($0.zh)", en: "\(daemon.en), \($0.en)") }
        + (noController ? [StatusTexts.noController] : controllers)
    }
    let adapter = StatusTexts.adapterIsOn(bluetooth.name, address: bluetooth.adapter)
    return [Text(zh: "\(daemon.zh)，\(adapter.zh)", en: "\(daemon.en), \(adapter.en)")] + trouble + controllers
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

  /// For each device a line of facts and, while all is not well, why, and what is tried next.
  private var deviceBlocks: [[String]] {
    let names = Layout.table(
      health.devices.map { [$0.id, Layout.cut($0.label, to: 22), Layout.cut($0.whose(in: language), to: 14)] })
    let width = (names.map(Layout.cells).max() ?? 0) + 2
    return zip(health.devices, names).map { device, name in
      let facts = facts(of: device).map(say).joined(separator: say(WatchTexts.comma))
      let whole = "  " + Layout.padded(name, to: width) + facts
      let sentences = sentences(on: device).map(say)
      // With a long name what is known of the device begins a line of its own.
      let isOneLine = Layout.cells(whole) <= columns
      let more =
        (isOneLine ? [] : [facts]) + (device.usersText.map { [say($0)] } ?? []) + device.consentTroubles.map(say)
        + sentences
      return [Layout.cut(isOneLine ? whole : "  " + name, to: columns)]
        + more.flatMap { wrapped($0, to: columns - Self.indent) }.map {
          String(repeating: " ", count: Self.indent) + $0
        }
    }
  }

  private func facts(of device: Health.Device) -> [Text] {
    (device.purpose == "care" ? [] : [DeviceTexts.provisional])
      + (device.isUp ? [DeviceTexts.word(state: device.state)] : [])
      + (device.keepsConnection == true ? [DeviceTexts.keepsConnection] : [])
      + [device.lastReadingSecondsAgo.map(DeviceTexts.lastReading) ?? DeviceTexts.noReading]
      + (device.batteryPercent.map { [DeviceTexts.battery($0, secondsAgo: device.batterySecondsAgo ?? 0)] } ?? [])
      + (device.state == "connected" ? [] : presence(of: device))
  }

  /// How strong it is while it is in the air, or when it was; a link says more than both.
  private func presence(of device: Health.Device) -> [Text] {
    if let signal = device.rssi { return [DeviceTexts.signal(signal)] }
    return device.lastSeenSecondsAgo.map { [DeviceTexts.lastSeen(secondsAgo: $0)] } ?? []
  }

  private func sentences(on device: Health.Device) -> [Text] {
    let sentence = device.text.map(Text.init(byTag:)) ?? DeviceTexts.word(state: device.state)
    // One whose link has just come up is not away.
    let isAway = !device.isUp && device.condition != DeviceCondition.resolving.rawValue
    let away = isAway ? device.stateSeconds.map { DeviceTexts.away($0, sentence) } : nil
    let isWell = device.isUp && device.condition ?? device.state == device.state
    let state = isWell ? [] : [away ?? sentence]
    // Where none is left the sentence says so.
    let isUnreadable = device.condition == DeviceCondition.profileMissing.rawValue
    return state + (isUnreadable ? [] : device.missingProfiles.map { [DeviceTexts.profilesMissing($0)] } ?? [])
  }
}
