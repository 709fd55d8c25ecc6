// SPDX-License-Identifier: GPL-3.0-or-later
import BlueZ
import DBus
import FoundationEssentials
import Testing
import Texts

@testable import Gateway

@Suite struct DeviceStandingTests {
  /// What a device may be.
  private enum Manner: CaseIterable { case streaming, spot, advertised, open, unread }

  /// All that a try may fail of.
  private static let failures: [LinkFailure] = [
    LinkFailure(BlueZError.hungUp("F5")), LinkFailure(BlueZError.bondMissing("F5")),
    LinkFailure(BlueZError.keyMissing("F5")), LinkFailure(BlueZError.timedOut("F5")),
    LinkFailure(BusError(name: "org.bluez.Error.Failed", message: "le-connection-abort-by-local")),
    LinkFailure(BusError(name: "org.bluez.Error.InProgress", message: "")),
    LinkFailure(BusError(name: "org.bluez.Error.NotReady", message: "")),
    LinkFailure(BusError(name: "org.freedesktop.DBus.Error.NoReply", message: "")),
    LinkFailure(BusError(name: "org.bluez.Error.Failed", message: "Operation failed with ATT error: 0x0e")),
    LinkFailure(BusError(name: "org.bluez.Error.Failed", message: "sudden snow")),
  ]

  /// The state behind this one: where there is a new one, it has to come in here.
  private static func next(after state: LinkState?) -> LinkState? {
    switch state {
    case nil: .waitingForBluetooth
    case .waitingForBluetooth: .searching
    case .searching: .connecting
    case .connecting: .resolving
    case .resolving: .waitingForTurn
    case .waitingForTurn: .connected
    case .connected: .listening
    case .listening, .retrying: nil
    }
  }

  private static var states: [LinkState] {
    Array(
      sequence(state: LinkState?.none) { state in
        state = next(after: state)
        return state
      }) + failures.map { .retrying($0, next: .now + .seconds(20)) }
  }

  private static func standing(
    _ link: LinkState, _ manner: Manner, _ bluetooth: BluetoothState = .working, wasSeen: Bool = true,
    lastReading: Int64? = 5, for duration: Duration = .seconds(300)
  ) -> DeviceStanding {
    DeviceStanding(
      link: link, duration: duration, bluetooth: bluetooth, wasSeen: wasSeen, lastReadingSecondsAgo: lastReading,
      isBonded: manner == .streaming || manner == .spot, isAdvertisedOnly: manner == .advertised,
      isSpot: manner == .spot, isStream: manner == .streaming || manner == .open, isReadable: manner != .unread,
      missingProfiles: manner == .unread ? ["example.gone"] : [])
  }

  private static func explanation(_ standing: DeviceStanding) -> Explanation {
    standing.condition.explanation(
      DeviceCondition.Details(
        failure: standing.link.failure.map { ($0.name, $0.message) },
        retrySeconds: standing.link.nextTry.map { max(0, ($0 - .now).components.seconds) },
        turnSeconds: nil,
        bluetooth: standing.bluetooth.condition.explanation(adapter: "hci0", seconds: 12),
        missingProfiles: standing.missingProfiles))
  }

  @Test func everyStateSaysWhyAndWhatComesNext() {
    var reached: Set<DeviceCondition> = []
    for link in Self.states {
      for manner in Manner.allCases {
        for bluetooth in BluetoothState.allCases {
          for (wasSeen, lastReading) in [(true, Int64?(5)), (true, 200), (false, nil)] {
            let standing = Self.standing(link, manner, bluetooth, wasSeen: wasSeen, lastReading: lastReading)
            let (condition, explanation) = (standing.condition, Self.explanation(standing))
            reached.insert(condition)
            for language in Language.allCases {
              let what = "\(link) \(manner) \(bluetooth): \(condition) in \(language)"
              #expect(!explanation.why(in: language).isEmpty, "\(what)")
              // The words on turns say why and what comes next in one.
              #expect(
                condition == .waitingForTurn || explanation.next.map { !$0(in: language).isEmpty } == true, "\(what)")
              #expect(!explanation.sentence(in: language).contains("  "), "\(what)")
            }
            let hasChinese = explanation.sentence.zh.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
            #expect(hasChinese && explanation.sentence.en.allSatisfy(\.isASCII), "\(explanation.sentence)")
          }
        }
      }
    }
    #expect(reached == Set(DeviceCondition.allCases), "one that no state leads to is of no use")
  }

  @Test func aTryThatFailedSaysWhenTheNextComes() {
    for failure in Self.failures {
      let standing = Self.standing(.retrying(failure, next: .now + .seconds(20.5)), .streaming)
      #expect(Self.explanation(standing).next?.en.contains("next try in 20 s") == true, "\(failure)")
      #expect(Self.explanation(standing).next?.zh.contains("20 秒后重试") == true, "\(failure)")
    }
  }

  @Test func whatNoTryMendsIsNotPromised() {
    for failure in Self.failures where failure.isBondLost {
      let explanation = Self.explanation(Self.standing(.retrying(failure, next: .now), .streaming))
      #expect(explanation.next?.en == "trying again now, in vain")
      #expect(explanation.remedy?.en == "forget it and pair it anew" && explanation.remedy?.zh == "请移除后重新配对")
    }
  }

  @Test func aConditionFollowsFromWhatTheDeviceIs() {
    #expect(Self.standing(.connecting, .streaming).condition == .notAdvertising)
    #expect(Self.standing(.connecting, .spot).condition == .asleep)
    #expect(Self.standing(.retrying(Self.failures[4], next: .now), .streaming).condition == .notInSight)
    #expect(Self.standing(.retrying(Self.failures[4], next: .now), .spot).condition == .asleep)
    #expect(Self.standing(.searching, .streaming).condition == .unknownHere)
    #expect(Self.standing(.searching, .open, wasSeen: false).condition == .neverSeen)
    #expect(Self.standing(.searching, .open).condition == .notAdvertising)
    #expect(Self.standing(.searching, .advertised).condition == .notHeard)
    #expect(Self.standing(.connected, .unread).condition == .profileMissing)
  }

  @Test func aStreamThatIsSilentIsNotSimplyConnected() {
    func connected(_ manner: Manner, lastReading: Int64?, for seconds: Int64) -> DeviceCondition {
      Self.standing(.connected, manner, lastReading: lastReading, for: .seconds(seconds)).condition
    }
    #expect(connected(.streaming, lastReading: 59, for: 600) == .connected)
    #expect(connected(.streaming, lastReading: 60, for: 600) == .silent)
    #expect(connected(.streaming, lastReading: nil, for: 60) == .silent)
    #expect(connected(.streaming, lastReading: 9000, for: 59) == .connected, "its link has just come up")
    #expect(connected(.spot, lastReading: 9000, for: 9000) == .connected, "that is its way")
  }

  @Test func theBoxIsToBlameBeforeTheDevice() {
    for bluetooth in BluetoothState.allCases {
      let away = Self.standing(.connecting, .streaming, bluetooth).condition
      let up = Self.standing(.connected, .streaming, bluetooth).condition
      switch bluetooth {
      case .busAway, .bluetoothdAway, .bluetoothdFrozen, .adapterMissing, .adapterOff:
        #expect(away == .noBluetooth && up == .noBluetooth, "what is known of the link is of the past: \(bluetooth)")
      case .adapterGivenUp, .adapterSilent: #expect(away == .noBluetooth && up == .connected, "\(bluetooth)")
      case .adapterUnheard, .scanRefused, .working: #expect(away == .notAdvertising && up == .connected, "\(bluetooth)")
      }
    }
  }

  @Test func anotherTryIsNotAnotherAbsence() throws {
    let board = LinkBoard()
    #expect(board.since(of: "d-1") == nil)
    board.set(.connecting, for: "d-1")
    let gone = try #require(board.since(of: "d-1"))
    board.set(.retrying(Self.failures[0], next: .now), for: "d-1")
    board.set(.resolving, for: "d-1")
    #expect(board.since(of: "d-1") == gone)
    board.set(.connected, for: "d-1")
    #expect(try #require(board.since(of: "d-1")) > gone)
    board.set(nil, for: "d-1")
    #expect(board.since(of: "d-1") == nil && board.state(of: "d-1") == .waitingForBluetooth)
  }

  /// Where a condition comes in, the schema has to name it.
  @Test func theSchemaNamesThemAll() throws {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let data = try Data(contentsOf: URL(filePath: root + "/Sources/Gateway/Schemas/vigil.health-1.schema.json"))
    let health = try #require(try JSONDecoder().decode(Schema.self, from: data).properties["health"]?.properties)
    let devices = try #require(health["devices"]?.items?.properties)
    #expect(Set(devices["condition"]?.names ?? []) == Set(DeviceCondition.allCases.map(\.rawValue)))
    #expect(Set(devices["state"]?.names ?? []) == Set(Self.states.map(\.word)))
    let bluetooth = health["bluetooth"]?.properties["condition"]?.names ?? []
    #expect(Set(bluetooth) == Set(BluetoothState.allCases.map(\.condition.rawValue)))
    #expect(Set(bluetooth) == Set(BluetoothCondition.allCases.map(\.rawValue)))
  }
}

/// What a JSON Schema says of something: its properties, its items, the names that it may be.
private final class Schema: Decodable {
  private enum Key: String, CodingKey {
    case properties, items
    case names = "enum"
  }

  let properties: [String: Schema]
  let items: Schema?
  let names: [String]?

  init(from decoder: any Decoder) throws {
    // `false` is a schema, too.
    let keys = try? decoder.container(keyedBy: Key.self)
    properties = try keys?.decodeIfPresent([String: Schema].self, forKey: .properties) ?? [:]
    items = try keys?.decodeIfPresent(Schema.self, forKey: .items)
    names = try? keys?.decodeIfPresent([String].self, forKey: .names)
  }
}
