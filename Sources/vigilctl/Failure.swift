// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import Document
import EventLoop
import Gateway
import Glibc
import Texts

/// A sentence that says what went wrong and what to do next; the command ends with exit code 1.
struct Failure: Error, CustomStringConvertible {
  let text: Text

  init(_ text: Text) { self.text = text }

  /// Any error in a sentence; the original where there is none for it.
  init(_ error: any Error) {
    text =
      switch error {
      case let failure as Failure: failure.text
      case let error as BusError: DaemonTexts.failure(name: error.name, detail: error.message)
      case let error as FileError: FileTexts.failure(path: error.path, reason: error.reason)
      case let error as SystemError:
        DaemonTexts.system(operation: error.operation, reason: String(cString: strerror(error.errno)))
      case is DecodingError: DaemonTexts.unreadableAnswer
      case is CancellationError: DaemonTexts.interrupted
      case let error as DocumentError:
        DocumentTexts.failure(place: "\(error.file):\(error.mark)", key: error.path, message: error.message)
      default: DaemonTexts.unexpected("\(error)")
      }
  }

  var description: String { text.here }

  /// On standard error, in whole words where a person reads it as it comes.
  func report() {
    let line = "vigilctl: " + Layout.plain(description)
    let lines = Terminal.isInteractive(STDERR_FILENO) ? Layout.wrapped(line, to: Terminal.readableColumns) : [line]
    Terminal.err(lines.joined(separator: "\n"))
  }

  /// Runs a command; whatever it throws becomes a line on standard error. A Swift backtrace never shows.
  static func reported(_ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let code as ExitCode {
      throw code
    } catch {
      Failure(error).report()
      throw ExitCode.failure
    }
  }
}
