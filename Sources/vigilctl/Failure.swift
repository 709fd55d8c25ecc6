// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Texts

/// A sentence that says what went wrong and what to do next; the command ends with exit code 1.
struct Failure: Error, CustomStringConvertible {
  let text: Text

  init(_ text: Text) { self.text = text }

  var description: String { text.here }

  /// Runs a command; whatever it throws becomes a line on standard error. A Swift backtrace never shows.
  static func reported(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as ExitCode {
      throw error
    } catch {
      Terminal.err("vigilctl: \(error)")
      throw ExitCode.failure
    }
  }
}
