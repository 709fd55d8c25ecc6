// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import Glibc

/// An error reply of a peer (`org.bluez.Error.Failed`) or a failure of the bus itself.
package struct BusError: Error, Sendable, CustomStringConvertible {
  package let name: String
  package let message: String

  package init(name: String, message: String) {
    self.name = name
    self.message = message
  }

  /// A failure of a libsystemd call: a negative errno.
  init(code: Int32) {
    self.init(name: Self.system + String(-code), message: String(cString: strerror(-code)))
  }

  init(_ error: UnsafePointer<sd_bus_error>) {
    self.init(
      name: error.pointee.name.map { String(cString: $0) } ?? Self.system,
      message: error.pointee.message.map { String(cString: $0) } ?? "")
  }

  private static let system = "System.Error."
  package static let disconnected = BusError(name: "System.Error.NotConnected", message: "not connected to the bus")

  package var description: String { message.isEmpty ? name : "\(message) (\(name))" }
}

@discardableResult
func check(_ result: Int32) throws(BusError) -> Int32 {
  if result < 0 { throw BusError(code: result) }
  return result
}
