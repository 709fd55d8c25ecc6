// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import FoundationEssentials
import Glibc

/// What tools/bench measures of Vigil itself; it compares and prints.
///
///     vigil-bench vectors PROFILE.yaml…   every value of the profiles' vectors that gives a measurement:
///                                         profile, characteristic, title, octets, decode report; tab between
///     vigil-bench decode PROFILE.yaml…    lines `profile, characteristic, octets octets…` on stdin; for each one the
///                                         nanoseconds for a value, a number for each round
///     vigil-bench repeat N PROFILE.yaml…  the same lines, each decoded so many times and not timed: for an instrument
///                                         that counts
@main enum VigilBench {
  static func main() {
    do {
      var arguments = CommandLine.arguments.dropFirst()
      let mode = arguments.popFirst()
      let passes = mode == "repeat" ? arguments.popFirst().flatMap { Int($0) } : nil
      let catalog = try ProfileCatalog(arguments.map(load))
      switch (mode, passes) {
      case ("vectors", _): listVectors(catalog)
      case ("decode", _): try decodeLines(catalog) { Rounds.measure(valuesInOnePass: $0, $1) }
      case ("repeat", let passes?): try decodeLines(catalog) { Rounds.run(passes, valuesInOnePass: $0, $1) }
      default: throw BenchError("expected vectors, decode or repeat N")
      }
    } catch {
      let line = Array("vigil-bench: \(error)\n".utf8)
      _ = write(STDERR_FILENO, line, line.count)
      exit(2)
    }
  }

  private static func load(_ path: String) throws -> DeviceProfile {
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    return try ProfileLoader.load(text, file: path)
  }

  private static func listVectors(_ catalog: ProfileCatalog) {
    for profile in catalog.profiles {
      for reading in profile.readings {
        for vector in reading.vectors where vector.values.count == 1 {
          guard let bytes = vector.values.first else { continue }
          var reader = ValueReader(characteristic: reading, profile: profile, isSampling: false)
          let outcomes = reader.read(bytes, at: 0)
          guard case .measurement = outcomes.first else { continue }
          let octets = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
          let report = DecodeReport.json(outcomes, as: reading, of: profile)
          print(profile.id, reading.uuid, reading.title, octets, report, separator: "\t")
        }
      }
    }
  }

  /// Through the same door as a device's values; a frame is found again in each round.
  private static func decodeLines(
    _ catalog: ProfileCatalog, measure: (_ values: Int, _ pass: () -> Int) -> [Double]
  ) throws {
    while let line = readLine() {
      // A value of no octets is one, too.
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3, let found = catalog.find(characteristic: parts[1], among: [parts[0]]) else {
        throw BenchError("no such characteristic: \(line)")
      }
      let values = try parts[2].split(separator: " ", omittingEmptySubsequences: false).map(octets)
      var reader = ValueReader(characteristic: found.characteristic, profile: found.profile, isSampling: false)
      let rounds = measure(values.count) { values.reduce(0) { $0 &+ reader.read($1, at: 0).count } }
      print(parts[0], parts[1], rounds.map { "\($0)" }.joined(separator: " "), separator: "\t")
      fflush(nil)
    }
  }

  private static func octets(_ hex: Substring) throws -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.count, digits.count % 2 == 0 else { throw BenchError("not octets: \(hex)") }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}

struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
