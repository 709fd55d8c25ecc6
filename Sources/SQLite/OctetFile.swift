// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// A file that is only read.
final class OctetFile {
  private let descriptor: Int32
  let size: Int

  /// - Returns: nil where there is no file that can be read.
  init?(_ path: String) {
    descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      Glibc.close(descriptor)
      return nil
    }
    size = Int(info.st_size)
  }

  deinit { Glibc.close(descriptor) }

  /// - Returns: nil unless all of it is there and can be read.
  func read(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count > 0, size - count >= offset else { return nil }
    var isWhole = true
    let octets = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          isWhole = false
          return
        }
        filled += got
      }
    }
    return isWhole ? octets : nil
  }
}

/// Numbers in the files of SQLite have the highest octet first. Each is nil where it would reach beyond the end.
extension Array where Element == UInt8 {
  func big16(_ at: Int) -> Int? {
    guard at >= 0, at <= count - 2 else { return nil }
    return Int(self[at]) << 8 | Int(self[at + 1])
  }

  func big32(_ at: Int) -> UInt32? {
    guard at >= 0, at <= count - 4 else { return nil }
    return UInt32(self[at]) << 24 | UInt32(self[at + 1]) << 16 | UInt32(self[at + 2]) << 8 | UInt32(self[at + 3])
  }

  /// A number of one to nine octets, and where the next thing begins.
  func varint(_ start: Int, below end: Int) -> (value: Int64, next: Int)? {
    guard start >= 0, end <= count else { return nil }
    var value: UInt64 = 0
    var at = start
    while at < end {
      let octet = self[at]
      at += 1
      if at - start == 9 { return (Int64(bitPattern: value << 8 | UInt64(octet)), at) }
      value = value << 7 | UInt64(octet & 0x7f)
      if octet & 0x80 == 0 { return (Int64(bitPattern: value), at) }
    }
    return nil
  }
}
