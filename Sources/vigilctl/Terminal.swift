// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import EventLoop
import Gateway
import Glibc

/// Text for people and programs, unbuffered.
enum Terminal {
  static func out(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func err(_ text: String) { write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    let line = Array("\(text)\n".utf8)
    _ = Glibc.write(descriptor, line, line.count)
  }
}

/// A sentence that says what went wrong and what to do next; the command ends with exit code 1.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The daemon, reached over the message bus.
struct DaemonClient {
  let connection: BusConnection

  /// Runs a command against the daemon. Errors become sentences; a Swift backtrace never shows.
  static func use(_ body: (DaemonClient) async throws -> Void) async throws {
    do {
      let connection = BusConnection(loop: try EventLoop(name: "bus"))
      do {
        try await connection.open {}
      } catch {
        throw Failure("Cannot reach the message bus (\(error)). Is dbus running?")
      }
      try await body(DaemonClient(connection: connection))
    } catch let error as Failure {
      Terminal.err("vigilctl: \(error)")
      throw ExitCode.failure
    } catch let error as BusError {
      Terminal.err("vigilctl: \(sentence(for: error))")
      throw ExitCode.failure
    }
  }

  func call(_ method: String, _ arguments: [BusValue] = [], timeout: Duration = .seconds(25)) async throws -> BusValue {
    let reply = try await connection.call(
      LocalAPI.name, LocalAPI.path, LocalAPI.name, method, arguments, timeout: timeout)
    guard let value = reply.first else { throw Failure("The daemon's answer to \(method) is empty.") }
    return value
  }

  private static func sentence(for error: BusError) -> String {
    switch error.name {
    case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner":
      "The daemon is not running. Start it: systemctl start vigild"
    case "org.freedesktop.DBus.Error.AccessDenied":
      "You may not do that. Use root, or a user in the group vigil-tech."
    case _ where error.name.hasPrefix("org.vigil.Error."): error.message
    default: "\(error)"
    }
  }
}
