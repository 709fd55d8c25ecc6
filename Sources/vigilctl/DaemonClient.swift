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
      } catch {
        throw Failure(DaemonTexts.noBus(detail: "\(error)"))
      }
      try await body(DaemonClient(connection: connection))
    }
  }

  func call(_ method: String, _ arguments: [BusValue] = [], timeout: Duration = .seconds(25)) async throws -> BusValue {
    let reply: [BusValue]
    do {
      reply = try await connection.call(
        LocalAPI.name, LocalAPI.path, LocalAPI.name, method, arguments, timeout: timeout)
    } catch let error as BusError {
      throw Failure(DaemonTexts.failure(name: error.name, detail: error.message))
    }
    guard let value = reply.first else { throw Failure(DaemonTexts.emptyAnswer(method: method)) }
    return value
  }
}
