// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Synchronization

/// A real mosquitto of the test's own: loopback, a free port, its files in a temporary directory. It ends with the value.
package final class MosquittoBroker: Sendable {
  /// What differs from an open broker in the clear.
  package struct Options: Sendable {
    package var tls: TestCertificates.Pair?
    /// With it a client must show a certificate that this authority signed; the CN is its user name.
    package var clientAuthority: String?
    /// With users nobody else may connect.
    package var users: [String: String] = [:]
    /// Lines of an acl_file.
    package var accessRules: [String] = []
    /// Further lines of mosquitto.conf.
    package var extra: [String] = []

    package init() {}
  }

  package let port: UInt16
  package let directory: TemporaryDirectory
  private let configuration: String
  private let process = Mutex<Subprocess?>(nil)

  /// Starts it and waits until it answers.
  package init(_ options: Options = Options()) throws(TestKitError) {
    directory = try TemporaryDirectory()
    port = try Loopback.freePort()
    var lines = [
      "listener \(port) 127.0.0.1", "allow_anonymous \(options.users.isEmpty)",
      "persistence true", "persistence_location \(directory.path)/", "autosave_interval 1", "autosave_on_changes true",
    ]
    // As root mosquitto becomes a user who may not read the directory.
    if geteuid() == 0 { lines.append("user root") }
    if let tls = options.tls { lines += ["certfile \(tls.certificate)", "keyfile \(tls.key)"] }
    if let authority = options.clientAuthority {
      lines += ["cafile \(authority)", "require_certificate true", "use_identity_as_username true"]
    }
    if !options.users.isEmpty {
      let file = directory.file("passwords")
      try directory.write("passwords", options.users.map { "\($0):\($1)\n" }.joined())
      try Subprocess.run("mosquitto_passwd", ["-U", file], log: directory.file("passwd.log"))
      lines.append("password_file \(file)")
    }
    if !options.accessRules.isEmpty {
      let rules = options.accessRules.joined(separator: "\n") + "\n"
      lines.append("acl_file \(try directory.write("acl", rules))")
    }
    configuration = try directory.write("mosquitto.conf", (lines + options.extra).joined(separator: "\n") + "\n")
    try start()
  }

  deinit { kill() }

  /// Starts it again after ``stop()`` or ``kill()``, on the same port with what it had saved.
  package func start() throws(TestKitError) {
    let process = try Subprocess("mosquitto", ["-c", configuration], output: directory.file("log"))
    self.process.withLock { $0 = process }
    while true {
      if let descriptor = Loopback.connect(port: port) {
        close(descriptor)
        return
      }
      guard !process.hasEnded() else {
        self.process.withLock { $0 = nil }
        throw TestKitError("mosquitto ended: \(log)")
      }
      usleep(2000)
    }
  }

  /// SIGTERM: it saves and says farewell.
  package func stop() { end(SIGTERM) }
  /// SIGKILL: it just is no more.
  package func kill() { end(SIGKILL) }
  /// SIGSTOP: the kernel still takes what is sent to it.
  package func freeze() { process.withLock { $0?.signal(SIGSTOP) } }

  package var log: String { readFile(directory.file("log")) }

  private func end(_ signal: Int32) {
    let process = process.withLock { process in
      defer { process = nil }
      return process
    }
    process?.signal(signal)
    process?.wait()
  }
}
