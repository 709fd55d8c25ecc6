// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import EventLoop
import Gateway
import Texts

/// The daemon, reached over the message bus.
struct DaemonClient {
  let connection: BusConnection

  /// Runs a command against the daemon. Errors become sentences; a Swift backtrace never shows.
  static func use(_ body: (DaemonClient) async throws -> Void) async throws {
    try await Failure.reported {
      let connection = BusConnection(loop: try EventLoop(name: "bus"))
      do {
        try await connection.open {}
      } catch let error as BusError {
        throw Failure(DaemonTexts.noBus(name: error.name, detail: error.message))
      }
      try await body(DaemonClient(connection: connection))
    }
  }

  func call(_ method: String, _ arguments: [BusValue] = [], timeout: Duration = .seconds(25)) async throws -> BusValue {
    let reply = try await connection.call(
      LocalAPI.name, LocalAPI.path, LocalAPI.name, method, arguments, timeout: timeout)
    guard let value = reply.first else { throw Failure(DaemonTexts.emptyAnswer(method: method)) }
    return value
  }
}
