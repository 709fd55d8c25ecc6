// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// A directory below /tmp that is deleted with all it holds when the value is released.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws(TestKitError) {
    var template = Array("/tmp/vigil-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestKitError("mkdtemp: \(String(cString: strerror(errno)))") }
    path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  deinit {
    guard path.hasPrefix("/tmp/vigil-test-") else { return }
    _ = try? Subprocess("rm", ["-rf", path]).wait()
  }

  /// The path of a file in it.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file in it and returns its path.
  @discardableResult
  package func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws(TestKitError) -> String {
    let path = file(name)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw TestKitError("\(path): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw TestKitError("\(path): not written") }
    return path
  }
}

/// A tool of the tests failed; not what is tested.
package struct TestKitError: Error, Sendable, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
