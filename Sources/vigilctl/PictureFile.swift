// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Texts

/// A file that gets its content at the end of long work: whether it can be written is known before.
struct PictureFile: ~Copyable {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(Failure) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw Failure(FileTexts.failure(path: path, reason: String(cString: strerror(errno)))) }
  }

  deinit { close(descriptor) }

  /// In place of what the file had.
  func write(_ text: String) throws(Failure) {
    var rest = Array(text.utf8)[...]
    // What cannot be cut, a pipe, has nothing in it.
    _ = ftruncate(descriptor, 0)
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      let reason = errno
      if count < 0, reason == EINTR { continue }
      guard count > 0 else { throw Failure(FileTexts.failure(path: path, reason: String(cString: strerror(reason)))) }
      rest = rest.dropFirst(count)
    }
  }
}
