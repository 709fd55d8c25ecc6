// SPDX-License-Identifier: GPL-3.0-or-later
import MQTT

extension Configuration.Broker {
  /// - Throws: ``FileError`` where the password's file cannot be read.
  package func credentials(clientID: String) throws -> Credentials {
    let password = try passwordFile.map { try String(TextFile.read($0).prefix { !$0.isNewline }) }
    return Credentials(
      host: host, port: port, clientID: clientID,
      tls: tls.map { Credentials.TLS(authorityFile: $0.ca, certificateFile: $0.certificate, keyFile: $0.key) },
      username: username, password: password)
  }
}
