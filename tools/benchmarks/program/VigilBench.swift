// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import FoundationEssentials
import Glibc

/// What tools/bench measures of Vigil itself; it compares and prints.
///
///     vigil-bench vectors PROFILE.yaml…   every octet string of the profiles' vectors that decodes:
///                                         profile, characteristic, title, octets, decode report; tab between
///     vigil-bench decode PROFILE.yaml…    lines `profile, characteristic, octets octets…` on stdin; for each one the
///                                         nanoseconds for a value, a number for each round
@main enum VigilBench {
  static func main() {
    do {
      let arguments = CommandLine.arguments.dropFirst()
      let catalog = try ProfileCatalog(arguments.dropFirst().map(load))
      switch arguments.first {
      case "vectors": listVectors(catalog)
      case "decode": try decodeLines(catalog)
      default: throw BenchError("expected vectors or decode")
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
      for characteristic in profile.characteristics {
        for vector in characteristic.vectors {
          guard let measurement = try? Decoder.decode(vector.bytes, as: characteristic, of: profile) else { continue }
          let octets = vector.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
          print(
            profile.id, characteristic.uuid, characteristic.title, octets, DecodeReport.json(measurement),
            separator: "\t")
        }
      }
    }
  }

  private static func decodeLines(_ catalog: ProfileCatalog) throws {
    while let line = readLine() {
      let parts = line.split(separator: "\t").map(String.init)
      guard parts.count == 3, let found = catalog.find(characteristic: parts[1], among: [parts[0]]) else {
        throw BenchError("no such characteristic: \(line)")
      }
      let values = try parts[2].split(separator: " ").map(octets)
      let rounds = Rounds.measure(valuesInOnePass: values.count) {
        var seen = 0
        for value in values {
          if let found = try? Decoder.decode(value, as: found.characteristic, of: found.profile) {
            seen &+= found.values.count
          }
        }
        return seen
      }
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
