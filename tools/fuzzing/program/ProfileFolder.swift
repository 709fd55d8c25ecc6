// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import FoundationEssentials

/// The device profiles of the source tree.
enum ProfileFolder {
  struct File: Sendable {
    /// With its folder: `bluetooth-sig/heart-rate.yaml`.
    let name: String
    let text: String

    /// The value of a key at the top level that is a word; without reading the whole.
    func word(_ key: String) -> Substring? {
      text.split(separator: "\n").first { $0.hasPrefix("\(key): ") }?.split(separator: " ").dropFirst().first
    }
  }

  /// Every profile, sorted by name.
  static func texts() throws -> [File] {
    let environment = ProcessInfo.processInfo.environment
    guard let folder = environment["VIGIL_PROFILES"] else { throw ToolError("VIGIL_PROFILES names no folder") }
    var found: [File] = []
    for maker in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where !maker.contains(".") {
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(maker)").sorted()
      where file.hasSuffix(".yaml") {
        let text = String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(maker)/\(file)")), as: UTF8.self)
        found.append(File(name: "\(maker)/\(file)", text: text))
      }
    }
    guard !found.isEmpty else { throw ToolError("no profile in \(folder)") }
    return found
  }

  static func load(_ files: [File]) throws -> [DeviceProfile] {
    try ProfileCatalog(files.map { try ProfileLoader.load($0.text, file: $0.name) }).profiles
  }
}
