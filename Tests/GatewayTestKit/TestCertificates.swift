// SPDX-License-Identifier: GPL-3.0-or-later

/// An authority and what it signs, made by openssl in a temporary directory.
package struct TestCertificates: Sendable {
  package struct Pair: Sendable {
    package let certificate: String
    package let key: String
  }

  private let directory: TemporaryDirectory
  package let authority: String

  package init(in directory: TemporaryDirectory, name: String = "ca") throws(TestKitError) {
    self.directory = directory
    authority = directory.file("\(name).pem")
    try openssl([
      "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2",
      "-subj", "/CN=\(name)", "-keyout", directory.file("\(name).key"), "-out", authority,
    ])
  }

  /// Signs a certificate.
  /// - Parameters:
  ///   - names: as in `IP:127.0.0.1,DNS:localhost`.
  ///   - days: how long it is valid; a negative number makes one that has expired.
  package func issue(_ name: String, names: String, days: Int = 2) throws(TestKitError) -> Pair {
    let pair = Pair(certificate: directory.file("\(name).pem"), key: directory.file("\(name).key"))
    let request = directory.file("\(name).csr")
    try openssl([
      "req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=\(name)",
      "-addext", "subjectAltName=\(names)", "-keyout", pair.key, "-out", request,
    ])
    let authorityKey = authority.dropLast(".pem".count) + ".key"
    try openssl([
      "x509", "-req", "-in", request, "-CA", authority, "-CAkey", String(authorityKey), "-CAcreateserial",
      "-copy_extensions", "copy", "-days", "\(days)", "-out", pair.certificate,
    ])
    return pair
  }

  private func openssl(_ arguments: [String]) throws(TestKitError) {
    try Subprocess.run("openssl", arguments, log: directory.file("openssl.log"))
  }
}
