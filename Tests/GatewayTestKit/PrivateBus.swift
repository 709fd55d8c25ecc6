// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// A real dbus-daemon of the test's own, on which everybody may do everything.
package enum PrivateBus {
  package static func start(in directory: TemporaryDirectory) throws(TestKitError) -> (
    address: String, process: Subprocess
  ) {
    let socket = directory.file("bus")
    let configuration = try directory.write(
      "bus.conf",
      """
      <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
        "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
      <busconfig>
        <type>system</type>
        <listen>unix:path=\(socket)</listen>
        <policy context="default">
          <allow user="*"/> <allow own="*"/> <allow send_destination="*"/> <allow send_type="signal"/>
          <allow receive_type="signal"/> <allow receive_type="method_call"/>
          <allow receive_type="method_return"/> <allow receive_type="error"/>
        </policy>
      </busconfig>
      """)
    let process = try Subprocess(
      "dbus-daemon", ["--config-file=\(configuration)", "--nofork"], output: directory.file("bus.log"))
    while true {
      if let descriptor = UnixSocket.connect(socket) {
        close(descriptor)
        return ("unix:path=\(socket)", process)
      }
      guard !process.hasEnded() else {
        throw TestKitError("dbus-daemon ended: \(readFile(directory.file("bus.log")))")
      }
      usleep(2000)
    }
  }
}

package enum UnixSocket {
  /// - Returns: the connected descriptor, nil if nobody listens there.
  package static func connect(_ path: String) -> Int32? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if result == 0 { return descriptor }
    close(descriptor)
    return nil
  }

  /// Sends a line and reads the line that answers it.
  package static func ask(_ path: String, _ line: String) throws(TestKitError) -> String {
    guard let descriptor = connect(path) else { throw TestKitError("nobody listens at \(path)") }
    defer { close(descriptor) }
    let bytes = Array("\(line)\n".utf8)
    _ = write(descriptor, bytes, bytes.count)
    var answer = [UInt8](repeating: 0, count: 1024)
    let count = read(descriptor, &answer, answer.count)
    let text = String(decoding: answer.prefix(max(0, count)), as: UTF8.self)
    guard text.hasPrefix("ok") else { throw TestKitError("\(line): \(text)") }
    return text
  }
}
