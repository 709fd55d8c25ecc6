// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DBus
import EventLoop
import Gateway
import Glibc
import Texts

/// The daemon, reached over the message bus.
struct DaemonClient {
  let connection: BusConnection

  /// A bus that takes the connection and then says nothing has had time enough: libsystemd would wait for 90 s.
  private static let patience = Duration.seconds(15)

  /// Runs a command against the daemon. Errors become sentences; a Swift backtrace never shows.
  static func use(_ body: (DaemonClient) async throws -> Void) async throws {
    try await Failure.reported { try await body(DaemonClient(connection: try await open())) }
  }

  private static func open() async throws -> BusConnection {
    let connection = BusConnection(loop: try EventLoop(name: "bus"))
    let watchdog = Task.detached {
      try await Task.sleep(for: patience)
      Failure(DaemonTexts.silentBus).report()
      exit(ExitCode.failure.rawValue)
    }
    defer { watchdog.cancel() }
    do {
      try await connection.open {}
      return connection
    } catch let error as BusError {
      let address = getenv("DBUS_SYSTEM_BUS_ADDRESS").map { Layout.cut(String(cString: $0), to: 60) }
      throw Failure(
        DaemonTexts.noBus(name: error.name, detail: error.message, address: address))
    }
  }

  func call(_ method: String, _ arguments: [BusValue] = [], timeout: Duration = .seconds(25)) async throws -> BusValue {
    let reply = try await connection.call(
      LocalAPI.name, LocalAPI.path, LocalAPI.name, method, arguments, timeout: timeout)
    guard let value = reply.first else { throw Failure(DaemonTexts.emptyAnswer(method: method)) }
    return value
  }
}
