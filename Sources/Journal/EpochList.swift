// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// The epochs that began at a place, one a line in a file beside the database: so a lost database still has a name.
///
/// Each line ends with a checksum; one that does not fit counts as not readable, and never as another epoch.
struct EpochList {
  private static let largest = 1 << 20

  let path: String
  private(set) var epochs: [String] = []
  /// Whether every line could be read.
  private(set) var isWhole = true
  /// A power cut has torn its last line.
  private var endsOpen = false

  /// - Parameter path: the database's.
  init(besides path: String) {
    self.path = path + ".epochs"
    guard let file = fopen(self.path, "re") else { return }
    defer { fclose(file) }
    var octets = [UInt8](repeating: 0, count: Self.largest)
    octets.removeLast(octets.count - fread(&octets, 1, octets.count, file))
    endsOpen = octets.last.map { $0 != UInt8(ascii: "\n") } ?? false
    for line in octets.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      if parts.count == 2, parts[1] == Self.checksum(parts[0]) {
        epochs.append(parts[0])
      } else {
        isWhole = false
      }
    }
  }

  /// Adds an epoch, on the disk when this returns; nothing where it is the last one already.
  mutating func append(_ epoch: String) throws {
    guard epochs.last != epoch else { return }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw JournalError.unusable(path, errno) }
    defer { close(descriptor) }
    let line = Array("\(endsOpen ? "\n" : "")\(epoch) \(Self.checksum(epoch))\n".utf8)
    guard write(descriptor, line, line.count) == line.count, fsync(descriptor) == 0 else {
      throw JournalError.unusable(path, errno)
    }
    epochs.append(epoch)
    endsOpen = false
  }

  /// FNV-1a, 32 bits: against damage, not against people.
  private static func checksum(_ epoch: String) -> String {
    let sum = epoch.utf8.reduce(2_166_136_261 as UInt32) { ($0 ^ UInt32($1)) &* 16_777_619 }
    let digits = String(sum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
