// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Texts

/// A profile in a line of JSON: what a list needs.
struct ProfileSummary: Encodable {
  struct Match: Encodable {
    let services: [String]
    let names: [String]
    let models: [String]
    let manufacturers: [String]

    init(_ match: DeviceMatch) {
      services = match.services.map(BluetoothUUID.short)
      names = match.names.map(\.text)
      models = match.models.map(\.text)
      manufacturers = match.manufacturers.map(\.hexadecimal)
    }
  }

  let id: String
  /// By language tag.
  let title: [String: String]
  let evidence: String
  let basedOn: String?
  let match: Match
  let characteristics: [String]
  let advertisements: [String]
  let vectors: Int
  let file: String

  init(_ profile: DeviceProfile) {
    id = profile.id
    title = profile.title.byTag
    evidence = profile.evidence.rawValue
    basedOn = profile.basedOn
    match = Match(profile.match)
    characteristics = profile.characteristics.map(\.uuid)
    advertisements = profile.advertisements.map(\.uuid)
    vectors = profile.vectorCount
    file = profile.file
  }
}

/// A profile in a line of JSON: all that there is to know of it.
struct ProfileDetails: Encodable {
  struct Value: Encodable {
    let kind: String
    let units: [String]
  }

  struct Status: Encodable {
    let name: String
    let quality: String?
  }

  struct Reading: Encodable {
    let source: String
    let title: String
    let use: String
    let live: Bool
    let sampleEverySeconds: Int64?
    let feature: String?
    let values: [Value]
    let statuses: [Status]
    let facts: [String]
    let user: Bool
    let deviceTime: Bool
    let sequence: Bool
    let vectors: Int

    init(_ characteristic: CharacteristicProfile) {
      let digest = CharacteristicDigest(characteristic)
      source = characteristic.uuid
      title = characteristic.title
      use = characteristic.use.rawValue
      live = characteristic.isStream
      sampleEverySeconds = characteristic.samplePeriodMs.map { $0 / 1000 }
      feature = characteristic.feature?.uuid
      values = digest.values.map { Value(kind: $0.kind.rawValue, units: $0.units) }
      statuses = digest.statuses.map { Status(name: $0.name, quality: $0.effect?.rawValue) }
      facts = digest.facts
      user = digest.hasUser
      deviceTime = digest.hasTime
      sequence = digest.hasSequence
      vectors = characteristic.vectors.count
    }
  }

  struct Write: Encodable {
    let name: String
    let to: String
    let bytes: String
    let purpose: String
    let response: Bool

    init(_ command: Command) {
      name = command.name
      to = BluetoothUUID.short(command.characteristic)
      bytes = Octets.text(command.bytes)
      purpose = command.purpose.rawValue
      response = command.withResponse
    }
  }

  struct Session: Encodable {
    struct Poll: Encodable {
      let command: String
      let everySeconds: Int
    }

    struct Next: Encodable {
      let after: String
      let command: String
    }

    struct Clock: Encodable {
      let characteristic: String
      let write: String
    }

    struct Memory: Encodable {
      let procedure: String
      let characteristic: String?
      let deletesOnRead: Bool
    }

    let connection: String
    let idleSeconds: Int?
    let bonding: String
    let start: [String]
    let poll: Poll?
    let next: Next?
    let clock: Clock?
    let memory: Memory?
    let users: Int?

    init(_ session: SessionProfile) {
      (connection, idleSeconds) =
        switch session.connection {
        case .stay: ("stay", nil)
        case .advertising: ("advertising", nil)
        case .idle(let seconds): ("idle", seconds)
        }
      bonding = session.bonding.rawValue
      start = session.start.map(\.name)
      poll = session.poll.map { Poll(command: $0.command.name, everySeconds: $0.seconds) }
      next = session.next.map { Next(after: $0.message, command: $0.command.name) }
      clock = session.clock.map {
        Clock(characteristic: BluetoothUUID.short($0.characteristic), write: $0.write.rawValue)
      }
      memory = session.memory.map { memory in
        switch memory.procedure {
        case .none: Memory(procedure: "none", characteristic: nil, deletesOnRead: memory.deletesOnRead)
        case .racp(let characteristic):
          Memory(
            procedure: "racp", characteristic: BluetoothUUID.short(characteristic),
            deletesOnRead: memory.deletesOnRead)
        }
      }
      users = session.users
    }
  }

  let id: String
  let title: [String: String]
  let evidence: String
  let basedOn: String?
  let match: ProfileSummary.Match
  let readings: [Reading]
  let commands: [Write]
  let session: Session
  let quirks: [String]
  let hint: [String: String]?
  let sources: [String]
  let vectors: Int
  let file: String

  init(_ profile: DeviceProfile) {
    id = profile.id
    title = profile.title.byTag
    evidence = profile.evidence.rawValue
    basedOn = profile.basedOn
    match = ProfileSummary.Match(profile.match)
    readings = profile.readings.map(Reading.init)
    commands = profile.commands.values.sorted { $0.name < $1.name }.map(Write.init)
    session = Session(profile.session)
    quirks = profile.quirks
    hint = profile.hint?.byTag
    sources = profile.sources
    vectors = profile.vectorCount
    file = profile.file
  }
}
