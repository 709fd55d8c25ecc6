// SPDX-License-Identifier: GPL-3.0-or-later

/// Where the broker is and how this client proves who it is. Its descriptions leave out the user and the password.
package struct Credentials: Sendable {
  /// Files in PEM. The server's name and chain are always checked, and TLS is 1.2 or later.
  package struct TLS: Sendable, Equatable {
    /// nil takes the authorities in `/etc/ssl/certs`.
    package let authorityFile: String?
    package let certificateFile: String?
    package let keyFile: String?

    package init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
      self.authorityFile = authorityFile
      self.certificateFile = certificateFile
      self.keyFile = keyFile
    }
  }

  package let host: String
  /// 1…65535
  package let port: Int
  package let clientID: String
  /// nil is a connection in the clear: for a broker on this machine, or for tests.
  package let tls: TLS?
  let username: String?
  let password: String?

  package init(
    host: String, port: Int, clientID: String, tls: TLS? = TLS(), username: String? = nil, password: String? = nil
  ) {
    self.host = host
    self.port = port
    self.clientID = clientID
    self.tls = tls
    self.username = username
    self.password = password
  }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "\(clientID) at \(tls == nil ? "mqtt" : "mqtts")://\(host):\(port)" }
  package var debugDescription: String { description }
  /// `dump` and the descriptions of types that hold this one go by the mirror.
  package var customMirror: Mirror { Mirror(self, children: ["broker": description]) }
}
