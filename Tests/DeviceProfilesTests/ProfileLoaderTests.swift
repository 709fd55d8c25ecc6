// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Testing
import Vitals

@Suite struct ProfileLoaderTests {
  static let good = """
    id: test.cuff
    title: A cuff
    evidence: simulated
    sources: [a manual]
    match: {services: [1810]}
    characteristics:
      - uuid: 2a35
        title: Value
        feature: {uuid: 2A49, fields: [{name: features, type: uint16}]}
        fields:
          - {name: flags, type: uint8, bits: {0: has-time}, status: {1: lost, 2-3: {0: none, 1: high}}}
          - {name: upper, type: sfloat, kind: systolic, unit: "mm[Hg]", possible: [20, 300]}
          - {name: lower, type: sfloat, kind: diastolic, unit: kPa}
          - {name: stamp, type: datetime, if: flags.has-time, role: time}
        quality: {invalid: [lost]}
        descending: [systolic, diastolic]
        vectors:
          - {hex: 00, error: truncated, offset: 1}
    """

  static func failure(replacing old: String, with new: String) -> String {
    guard good.contains(old) else { return "'\(old)' is not in the text" }
    let parts = good.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
    do {
      _ = try ProfileLoader.load(parts.joined(separator: new), file: "p.yaml")
      return "no error"
    } catch { return error.description }
  }

  @Test func readsAProfile() throws {
    let profile = try ProfileLoader.load(Self.good, file: "p.yaml")
    #expect(profile.id == "test.cuff")
    #expect(profile.evidence == .simulated)
    #expect(profile.match.services == ["00001810-0000-1000-8000-00805f9b34fb"])
    let characteristic = try #require(profile.characteristics.first)
    #expect(characteristic.uuid == "2A35")
    #expect(!characteristic.isStream)
    #expect(characteristic.fields.map(\.name) == ["flags", "upper", "lower", "stamp"])
    #expect(characteristic.quality == ["lost": .invalid])
    #expect(characteristic.feature?.uuid == "2A49")
  }

  static let types = FieldType.allCases.map(\.rawValue).joined(separator: ", ")
  static let kinds = ObservationKind.allCases.map(\.rawValue).joined(separator: ", ")

  @Test(arguments: [
    ("sources: [a manual]\n", "", "1:1", "missing key 'sources'"),
    (
      "title: A cuff", "titel: A cuff",
      "2:1",
      "unknown key 'titel', known: id, title, evidence, sources, based-on, match, characteristics, advertisements, commands, session, quirks, hint"
    ),
    (
      "id: test.cuff", "id: Cuff",
      "1:5: id", "expected an id such as bluetooth.heart-rate: two words or more of a-z, 0-9 and -, with dots between"
    ),
    ("title: A cuff", "title: \"\"", "2:8: title", "expected text, found nothing"),
    (
      "evidence: simulated", "evidence: proven",
      "3:11: evidence", "expected one of simulated, capture-backed, hardware-verified, found 'proven'"
    ),
    ("sources: [a manual]", "sources: []", "4:10: sources", "the list is empty"),
    (
      "services: [1810]", "services: [18101]",
      "5:20: match.services[0]", "expected a UUID of 4 or 8 hexadecimal digits or of 128 bits"
    ),
    (
      "unit: kPa", "unit: \"%\"",
      "13:60: characteristics[0].fields[2].unit", "diastolic cannot be in '%', only in mm[Hg], kPa"
    ),
    (
      "kind: systolic", "kind: systole",
      "12:43: characteristics[0].fields[1].kind", "expected one of \(kinds), found 'systole'"
    ),
    ("kind: systolic, ", "", "12:9: characteristics[0].fields[1]", "missing key 'kind'"),
    (", unit: kPa", "", "13:9: characteristics[0].fields[2]", "missing key 'unit'"),
    (
      "type: sfloat", "type: double",
      "12:29: characteristics[0].fields[1].type", "expected one of \(types), found 'double'"
    ),
    (
      "if: flags.has-time", "if: flags.has-user",
      "14:43: characteristics[0].fields[3].if", "no earlier field has the bit 'flags.has-user', known: flags.has-time"
    ),
    (
      "type: uint8, bits", "type: sint8, bits",
      "11:42: characteristics[0].fields[0].bits", "'bits' needs an unsigned number"
    ),
    (
      "bits: {0: has-time}", "bits: {8: has-time}",
      "11:43: characteristics[0].fields[0].bits.8", "expected a bit from 0 to 7, found '8'"
    ),
    (
      "bits: {0: has-time}", "bits: {1: has-time}",
      "11:66: characteristics[0].fields[0].status.1", "bit 1 has a meaning already"
    ),
    (
      "1: lost", "1: Lost",
      "11:69: characteristics[0].fields[0].status.1", "expected a name of a-z, 0-9 and - between words"
    ),
    ("1: high", "4: high", "11:90: characteristics[0].fields[0].status.2-3.4", "'4' is no value of 2 bits"),
    (
      "2-3: {0: none, 1: high}", "2-3: high",
      "11:80: characteristics[0].fields[0].status.2-3", "expected a mapping of values to names"
    ),
    (
      "invalid: [lost]", "invalid: [found]",
      "15:25: characteristics[0].quality.invalid[0]", "'found' is not a status of this characteristic: high, lost"
    ),
    (
      "invalid: [lost]", "invalid: [lost], questionable: [lost]",
      "15:25: characteristics[0].quality.invalid[0]", "'lost' stands here twice"
    ),
    (
      "[systolic, diastolic]", "[systolic, spo2]",
      "16:28: characteristics[0].descending[1]", "no field of this characteristic is 'spo2'"
    ),
    ("[systolic, diastolic]", "[systolic]", "16:17: characteristics[0].descending", "expected two kinds or more"),
    (
      "possible: [20, 300]", "possible: [300, 20]",
      "12:79: characteristics[0].fields[1].possible", "the lowest is above the highest"
    ),
    (
      "possible: [20, 300]", "possible: [20]",
      "12:79: characteristics[0].fields[1].possible", "expected two numbers: [lowest, highest]"
    ),
    (
      "possible: [20, 300]", "scale: much",
      "12:76: characteristics[0].fields[1].scale", "expected a decimal number"
    ),
    (
      "possible: [20, 300]", "reserved: [1, 2]",
      "12:79: characteristics[0].fields[1].reserved", "sfloat has its reserved codes already"
    ),
    (
      "possible: [20, 300]", "role: user",
      "12:75: characteristics[0].fields[1].role", "'role' does not go with the field's other keys"
    ),
    (
      "possible: [20, 300]", "repeats: true",
      "13:9: characteristics[0].fields[2]", "no field can follow one that goes to the end"
    ),
    (
      "role: time", "role: user",
      "14:65: characteristics[0].fields[3].role", "a user slot is an unsigned number, not datetime"
    ),
    (
      "type: datetime", "type: uint8",
      "14:62: characteristics[0].fields[3].role",
      "a time has the type datetime, or is a number of seconds with 'epoch'; not uint8"
    ),
    (
      "{0: has-time}, ", "{0: has-time}, supported-by: masks, ",
      "11:71: characteristics[0].fields[0].supported-by",
      "the feature characteristic has no unsigned field 'masks', known: features"
    ),
    ("- {hex: 00, error: truncated, offset: 1}", "[]", "18:7: characteristics[0].vectors", "the list is empty"),
    (
      "hex: 00", "hex: 0",
      "18:15: characteristics[0].vectors[0].hex", "expected octets in hexadecimal, such as 08 78 00"
    ),
    (", offset: 1", "", "18:9: characteristics[0].vectors[0]", "missing key 'offset'"),
    (
      "offset: 1", "offset: 1, user: 1",
      "18:54: characteristics[0].vectors[0].user", "'user' does not go with 'error'"
    ),
    (
      "error: truncated, offset: 1", "values: [systolic high]",
      "18:28: characteristics[0].vectors[0].values[0]",
      "expected a kind and a number or a reason, such as 'systolic 120' or 'systolic nan'"
    ),
    (
      "error: truncated, offset: 1", "values: [], time: 2026-02-30T08:05:30",
      "18:37: characteristics[0].vectors[0].time", "expected a time such as 2026-03-14T08:05:30"
    ),
  ])
  func namesThePlaceAndWhatIsWrong(old: String, new: String, place: String, message: String) {
    #expect(Self.failure(replacing: old, with: new) == "p.yaml:\(place): \(message)")
  }

  @Test func aCharacteristicStandsOnceInAProfile() {
    let value =
      "{uuid: 2A35, title: V, use: information, fields: [{name: v, type: uint8}], vectors: [{hex: 00, values: []}]}"
    let second = "characteristics:\n  - \(value)"
    #expect(
      Self.failure(replacing: "characteristics:", with: second)
        == "p.yaml:8:5: characteristics[1]: a second 2A35")
  }
}
