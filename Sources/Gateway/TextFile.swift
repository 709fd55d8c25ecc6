// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// A file that could not be read, with its path and the system's reason.
package struct FileError: Error, Sendable, CustomStringConvertible {
  package let path: String
  package let reason: String
  package var description: String { "\(path): \(reason)" }

  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }
}

/// Small text files: configuration, profiles, a password.
package enum TextFile {
  private static let largest = 1 << 20

  /// - Throws: ``FileError`` for a file that cannot be read, is larger than 1 MiB or is not UTF-8.
  package static func read(_ path: String) throws(FileError) -> String {
    guard let file = fopen(path, "re") else { throw FileError(path: path, reason: String(cString: strerror(errno))) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      bytes += chunk.prefix(count)
      if bytes.count > largest { throw FileError(path: path, reason: "larger than 1 MiB") }
      if count == 0 { break }
    }
    if ferror(file) != 0 { throw FileError(path: path, reason: "cannot be read (is it a directory?)") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileError(path: path, reason: "is not UTF-8 text")
    }
    return text
  }

  /// Paths of the files below a directory whose names end so, sorted; none where there is no such directory.
  package static func files(below directory: String, ending: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var found: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix(".") { continue }
      let path = directory + "/" + name
      var info = stat()
      guard stat(path, &info) == 0 else { continue }
      if info.st_mode & S_IFMT == S_IFDIR {
        found += files(below: path, ending: ending)
      } else if name.hasSuffix(ending) {
        found.append(path)
      }
    }
    return found.sorted()
  }

  /// Whether it is a compiled time zone (tzfile(5)): the directory of the zones has other files too.
  package static func isTimeZone(_ path: String) -> Bool {
    guard let file = fopen(path, "re") else { return false }
    defer { fclose(file) }
    var magic = [UInt8](repeating: 0, count: 4)
    return fread(&magic, 1, magic.count, file) == magic.count && magic == Array("TZif".utf8)
  }

  package static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
