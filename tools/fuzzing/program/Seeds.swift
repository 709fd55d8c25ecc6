// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials

enum Seeds {
  /// Writes `FOLDER/TARGET/NUMBER` for every seed of every target: the list of targets, too.
  static func write(to folder: String) throws {
    for target in try FuzzTarget.all() {
      let place = "\(folder)/\(target.name)"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      for (number, seed) in target.seeds.enumerated() {
        try Data(seed).write(to: URL(filePath: "\(place)/seed-\(number)"))
      }
    }
  }
}
