// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Texts
import Vitals

/// One profile as a technician reads it.
struct ProfileScreen {
  let profile: DeviceProfile
  let language: Language
  let columns: Int

  var lines: [String] {
    let facts = labelled(
      [
        (ProfileTexts.id, [profile.id]), (ProfileTexts.basedOn, profile.basedOn.map { [$0] } ?? []),
        (ProfileTexts.evidence, [say(ProfileTexts.meaning(ofEvidence: profile.evidence.rawValue))]),
        (ProfileTexts.recognised, [recognition]), (ProfileTexts.hint, profile.hint.map { [say($0)] } ?? []),
        (ProfileTexts.connection, [connection]), (ProfileTexts.clock, clock), (ProfileTexts.memory, memory),
        (ProfileTexts.commands, commands),
      ], indent: 0)
    let origins = labelled(
      [
        (ProfileTexts.quirks, profile.quirks), (ProfileTexts.sources, profile.sources),
        (ProfileTexts.file, [profile.file]),
      ], indent: 0)
    return Layout.wrapped(Layout.plain(say(profile.title)), to: columns) + facts
      + profile.readings.flatMap { [""] + lines(of: $0) } + [""] + origins
  }

  private func say(_ text: Text) -> String { text(in: language) }

  private func list(_ items: [String]) -> String { items.joined(separator: say(ProfileTexts.listSeparator)) }

  /// Lines with a label each, what it says beside it; nothing where it says nothing.
  private func labelled(_ rows: [(label: Text, texts: [String])], indent: Int) -> [String] {
    let rows = rows.filter { !$0.texts.isEmpty }
    let width = indent + (rows.map { Layout.cells(say($0.label)) }.max() ?? 0) + 2
    return rows.flatMap { row in
      row.texts.enumerated().flatMap { index, text in
        let label = String(repeating: " ", count: indent) + (index == 0 ? say(row.label) : "")
        return Layout.wrapped(Layout.padded(label, to: width) + Layout.plain(text), to: columns, indent: width)
      }
    }
  }

  // MARK: the device

  private var recognition: String {
    let match = profile.match
    let or = say(ProfileTexts.alternative)
    let named = [
      match.names.isEmpty ? nil : ProfileTexts.name(match.names.map(\.text).joined(separator: or)),
      match.models.isEmpty ? nil : ProfileTexts.model(match.models.map(\.text).joined(separator: or)),
    ].compactMap { $0.map(say) }
    let groups = [
      named.isEmpty ? nil : named.joined(separator: or),
      match.manufacturers.isEmpty
        ? nil
        : say(ProfileTexts.manufacturer(match.manufacturers.map(\.hexadecimal).joined(separator: or))),
      match.services.isEmpty
        ? nil : say(ProfileTexts.service(match.services.map(BluetoothUUID.short).joined(separator: or))),
    ].compactMap(\.self)
    return groups.isEmpty ? say(ProfileTexts.onlyABase) : groups.joined(separator: say(ProfileTexts.conjunction))
  }

  private var connection: String {
    if profile.isAdvertisedOnly { return say(ProfileTexts.neverConnected) }
    let session = profile.session
    let kept =
      switch session.connection {
      case .stay: ProfileTexts.staysConnected
      case .advertising: ProfileTexts.leftWhenItHangsUp
      case .idle(let seconds): ProfileTexts.leftWhenIdle(seconds: seconds)
      }
    let bonding = session.bonding == .required ? ProfileTexts.bonds : ProfileTexts.doesNotBond
    let parts = [kept, bonding] + (session.users.map { [ProfileTexts.users($0)] } ?? [])
    return parts.map(say).joined(separator: say(ProfileTexts.clause))
  }

  private var clock: [String] {
    guard let clock = profile.session.clock else { return [] }
    return [
      say(ProfileTexts.clock(in: BluetoothUUID.short(clock.characteristic), policy: clock.write.rawValue))
    ]
  }

  private var memory: [String] {
    guard let memory = profile.session.memory else { return [] }
    let how =
      switch memory.procedure {
      case .racp(let characteristic): ProfileTexts.fetched(by: BluetoothUUID.short(characteristic))
      case .none: ProfileTexts.sendsByItself
      }
    return [
      [how, memory.deletesOnRead ? ProfileTexts.deletesOnRead : ProfileTexts.keepsOnRead].map(say)
        .joined(separator: say(ProfileTexts.clause))
    ]
  }

  /// What may be written, by name, each with when it is.
  private var commands: [String] {
    guard !profile.commands.isEmpty else { return profile.isAdvertisedOnly ? [] : [say(ProfileTexts.nothingIsWritten)] }
    return profile.commands.values.sorted { $0.name < $1.name }.map { command in
      say(
        ProfileTexts.command(
          command.name, octets: Octets.text(command.bytes), to: BluetoothUUID.short(command.characteristic),
          moment: moment(of: command)))
    }
  }

  private func moment(of command: Command) -> Text? {
    let session = profile.session
    if session.start.contains(command) { return ProfileTexts.afterSubscribing }
    if let poll = session.poll, poll.command == command { return ProfileTexts.each(seconds: poll.seconds) }
    if let next = session.next, next.command == command { return ProfileTexts.after(message: next.message) }
    return nil
  }

  // MARK: a characteristic

  private func lines(of characteristic: CharacteristicProfile) -> [String] {
    let heading = "\(characteristic.uuid)  \(characteristic.title)"
    let digest = CharacteristicDigest(characteristic)
    var besides: [Text] = []
    if digest.hasUser { besides.append(ProfileTexts.user) }
    if digest.hasTime { besides.append(ProfileTexts.time) }
    if digest.hasSequence { besides.append(ProfileTexts.sequence) }
    let rows = labelled(
      [
        (ProfileTexts.use, [say(use(of: characteristic))]),
        (ProfileTexts.values, digest.values.isEmpty ? [] : [list(digest.values.map(words))]),
        (ProfileTexts.besides, besides.isEmpty ? [] : [list(besides.map(say))]),
        (ProfileTexts.facts, digest.facts.isEmpty ? [] : [list(digest.facts)]),
        (ProfileTexts.statuses, statuses(of: digest)),
        (ProfileTexts.vectors, characteristic.vectors.isEmpty ? [] : [String(characteristic.vectors.count)]),
      ], indent: 2)
    return Layout.wrapped(Layout.plain(heading), to: columns, indent: 2) + rows
  }

  private func use(of characteristic: CharacteristicProfile) -> Text {
    if characteristic.use == .information { return ProfileTexts.isInformation }
    if ValueSource.isAdvertisement(characteristic.uuid) { return ProfileTexts.isHeard }
    guard characteristic.isStream else { return ProfileTexts.isReading }
    return characteristic.samplePeriodMs.map { ProfileTexts.isSampled(seconds: $0 / 1000) } ?? ProfileTexts.isLive
  }

  /// `systolic pressure (kPa, mmHg)`
  private func words(for value: CharacteristicDigest.Value) -> String {
    let name = KindNames.name(ofKind: value.kind.rawValue).map(say) ?? value.kind.rawValue
    let units = value.units.map { say(ProfileTexts.unit($0)) }.joined(separator: say(ProfileTexts.alternative))
    return say(ProfileTexts.value(name, unit: units))
  }

  /// A line for each effect, the worst first.
  private func statuses(of digest: CharacteristicDigest) -> [String] {
    [Quality.invalid, .questionable, nil].compactMap { effect in
      let names = digest.statuses.filter { $0.effect == effect }.map { say(StatusWords.name(ofStatus: $0.name)) }
      return names.isEmpty ? nil : say(ProfileTexts.statuses(list(names), effect: effect?.rawValue))
    }
  }
}
