// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import SQLite
import Vitals

/// Medians of the hours of persons' last days, which a restart does not compute again: samples are deleted earlier.
extension Journal {
  /// Older ones are of no use to any rule.
  private static let days = 9

  package func baselines() throws -> [ResidentID: [Baseline.Hour]] {
    var found: [ResidentID: [Baseline.Hour]] = [:]
    try connection.statement(
      "SELECT resident, kind, day, hour, median, count, seal FROM baseline ORDER BY resident, day, hour"
    )
    .query { row in
      guard let resident = row.text(0).flatMap(ResidentID.init), let kind = row.text(1).flatMap(ObservationKind.init),
        let day = row.integer(2).flatMap({ Int(exactly: $0) }), let hour = row.integer(3), (0...23).contains(hour),
        let median = row.text(4).flatMap({ ExactDecimal($0) }), let count = row.integer(5)
      else { return }
      let past = Baseline.Hour(kind: kind, day: day, hour: Int(hour), median: median, count: Int(clamping: count))
      guard row.integer(6) == Seal.of(past, of: resident.description) else { return }
      found[resident, default: []].append(past)
    }
    return found
  }

  fileprivate static func oldest(besides hours: [Baseline.Hour]) -> Int? { hours.map(\.day).max().map { $0 - days } }
}

extension Journal.Writer {
  /// Hours that are over. One that is there already stays where it is of more values.
  package func add(_ hours: [Baseline.Hour], of resident: ResidentID) throws {
    let name = Value.text(resident.description)
    for hour in hours {
      try journal.connection.statement(
        """
        INSERT INTO baseline(resident, kind, day, hour, median, count, seal) VALUES(?,?,?,?,?,?,?)
        ON CONFLICT DO UPDATE SET median = excluded.median, count = excluded.count, seal = excluded.seal
        WHERE excluded.count >= count
        """
      ).run(
        name, .text(hour.kind.rawValue), .integer(Int64(hour.day)), .integer(Int64(hour.hour)),
        .text(hour.median.description), .integer(Int64(hour.count)),
        .integer(Seal.of(hour, of: resident.description)))
    }
    guard let oldest = Journal.oldest(besides: hours) else { return }
    try journal.connection.statement("DELETE FROM baseline WHERE resident = ? AND day < ?")
      .run(name, .integer(Int64(oldest)))
  }
}
