// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// Ends the process the way a trap does, so that libFuzzer keeps the input, where a promise is broken.
func hold(_ isKept: Bool, _ promise: @autoclosure () -> String) {
  guard !isKept else { return }
  FileHandles.say("vigil-fuzz: broken promise: \(promise())")
  abort()
}

enum FileHandles {
  /// One line on stderr.
  static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}

/// Why the program cannot do what it was asked for.
struct ToolError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
