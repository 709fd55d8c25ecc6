// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import FoundationEssentials

/// The device profiles of the source tree.
enum ProfileFolder {
  /// Name and text of every profile, sorted by name.
  static func texts() throws -> [(name: String, text: String)] {
    let environment = ProcessInfo.processInfo.environment
    guard let folder = environment["VIGIL_PROFILES"] else { throw ToolError("VIGIL_PROFILES names no folder") }
    var found: [(name: String, text: String)] = []
    for maker in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where !maker.contains(".") {
      for file in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(maker)").sorted()
      where file.hasSuffix(".yaml") {
        let text = String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(maker)/\(file)")), as: UTF8.self)
        found.append(("\(maker)/\(file)", text))
      }
    }
    guard !found.isEmpty else { throw ToolError("no profile in \(folder)") }
    return found
  }

  static func load() throws -> [DeviceProfile] {
    try ProfileCatalog(try texts().map { try ProfileLoader.load($0.text, file: $0.name) }).profiles
  }
}
