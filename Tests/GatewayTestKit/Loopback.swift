// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// TCP on 127.0.0.1, for the tools of the tests.
package enum Loopback {
  /// Listens; port 0 takes a free one.
  package static func listen(
    port: UInt16 = 0, backlog: Int32 = 16
  ) throws(TestKitError) -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = address(port)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, backlog) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard result else { throw TestKitError("no loopback port: \(String(cString: strerror(errno)))") }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  /// A port on which nobody listens just now.
  package static func freePort() throws(TestKitError) -> UInt16 {
    let (descriptor, port) = try listen()
    close(descriptor)
    return port
  }

  /// - Returns: the connected descriptor, or nil if it was refused. Not blocking: nil does not wait for an answer either.
  package static func connect(port: UInt16, blocking: Bool = true) -> Int32? {
    let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | (blocking ? 0 : SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_INET, Int32(flags), 0)
    var address = address(port)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result == 0 || (!blocking && errno == EINPROGRESS) { return descriptor }
    close(descriptor)
    return nil
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return address
  }
}
