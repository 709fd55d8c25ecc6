// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Document

extension Configuration {
  /// Reads and checks the whole of a configuration.
  ///
  /// - Parameters:
  ///   - file: the name that errors are to show.
  ///   - zoneExists: whether the system knows a time zone of that name; asked only for a plausible name.
  ///   - fileExists: whether there is a file or directory at an absolute path.
  ///   - read: the text of a file that the configuration names (a key, rules), nil where it cannot be read.
  package static func load(
    text: String, file: String, zoneExists: (String) -> Bool, fileExists: (String) -> Bool,
    read: (String) -> String? = { _ in nil }
  ) throws(DocumentError) -> Configuration {
    let fields = try YAML.parse(text, file: file).mapping(
      required: ["clinic", "gateway", "zone", "broker"],
      optional: ["storage", "profiles", "streams", "receipts", "consumer", "commands", "rules", "bluetooth", "log"])
    return Configuration(
      clinic: try id(fields.required("clinic")),
      gateway: try id(fields.required("gateway")),
      zone: try zone(fields.required("zone"), exists: zoneExists),
      broker: try broker(fields.required("broker"), fileExists: fileExists),
      storage: try storage(fields["storage"]),
      profiles: try profiles(fields["profiles"], fileExists: fileExists),
      streams: try streams(fields["streams"]),
      receipts: try receipts(fields["receipts"], consumer: fields["consumer"]),
      commands: try commands(fields["commands"], read: read),
      rules: try RuleSet(overriding: fields["rules"], read: read),
      bluetooth: try bluetooth(fields["bluetooth"]),
      log: try log(fields["log"]))
  }

  // MARK: the site

  /// A clinic's or a gateway's id: a level of every topic.
  package static func id(_ node: Node) throws(DocumentError) -> String {
    let text = try node.string
    guard (1...64).contains(text.utf8.count),
      text.utf8.allSatisfy({ isLowerCaseOrDigit($0) || $0 == UInt8(ascii: "-") })
    else { throw node.error("\(quoted(text)) is not an id, allowed: 1 to 64 of a-z, 0-9 and -") }
    return text
  }

  private static func zone(_ node: Node, exists: (String) -> Bool) throws(DocumentError) -> String {
    let name = try node.string
    // A name is looked up as a path, so it must not lead out of the zone directory.
    let isPlausible =
      name.utf8.count <= 64
      && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { isLetterOrDigit($0) || "_+-".utf8.contains($0) }
      }
    guard isPlausible, exists(name) else {
      throw node.error("\(quoted(name)) is no time zone of this system, allowed: an IANA name such as Asia/Shanghai")
    }
    return name
  }

  // MARK: the broker

  /// The mapping `broker`.
  package static func broker(_ node: Node, fileExists: (String) -> Bool) throws(DocumentError) -> Broker {
    for entry in try node.entries where entry.key == "password" {
      throw DocumentError(
        file: node.file, mark: entry.keyMark, path: entry.value.path,
        message:
          "a password does not belong in this file, write it into a file of its own and name that by password-file")
    }
    let fields = try node.mapping(
      required: ["host"], optional: ["port", "tls", "username", "password-file", "keepalive-seconds"])
    let tls = try tls(fields["tls"], fileExists: fileExists)
    let username = try fields["username"].map { node throws(DocumentError) in try name(node) }
    if let password = fields["password-file"], username == nil {
      throw password.error("needs 'username' beside it")
    }
    return Broker(
      host: try host(fields.required("host")),
      port: try fields["port"].map { node throws(DocumentError) in try node.integer(in: 1...65535) }
        ?? (tls == nil ? 1883 : 8883),
      tls: tls,
      username: username,
      passwordFile: try existing(fields["password-file"], fileExists),
      keepaliveSeconds: try fields["keepalive-seconds"].map { node throws(DocumentError) in
        try node.integer(in: 5...1200)
      } ?? 20)
  }

  private static func host(_ node: Node) throws(DocumentError) -> String {
    let host = try node.string
    let colons = host.utf8.count { $0 == UInt8(ascii: ":") }
    // Two colons or more are an IPv6 address; one would be a port.
    guard (1...253).contains(host.utf8.count), colons != 1,
      host.utf8.allSatisfy({ isLetterOrDigit($0) || ".-_:%".utf8.contains($0) })
    else {
      throw node.error("\(quoted(host)) is not a host, allowed: a name or an IP address without scheme and port")
    }
    return host
  }

  /// By what a client is known to the broker: a user's name, a client's id.
  package static func name(_ node: Node) throws(DocumentError) -> String {
    let name = try node.string
    guard (1...256).contains(name.utf8.count) else { throw node.error("must be 1 to 256 bytes long") }
    return name
  }

  private static func tls(_ node: Node?, fileExists: (String) -> Bool) throws(DocumentError) -> TLS? {
    guard let node else { return TLS(ca: nil, certificate: nil, key: nil) }
    if case .scalar(let word, _) = node.content {
      guard word == "off" else {
        throw node.error("\(quoted(word)) is not allowed, allowed: off, or a mapping of ca, certificate and key")
      }
      return nil
    }
    let fields = try node.mapping(optional: ["ca", "certificate", "key"])
    if let certificate = fields["certificate"], fields["key"] == nil {
      throw certificate.error("needs 'key' beside it")
    }
    if let key = fields["key"], fields["certificate"] == nil { throw key.error("needs 'certificate' beside it") }
    return TLS(
      ca: try existing(fields["ca"], fileExists), certificate: try existing(fields["certificate"], fileExists),
      key: try existing(fields["key"], fileExists))
  }

  // MARK: the box

  private static func storage(_ node: Node?) throws(DocumentError) -> Storage {
    let fields = try node?.mapping(optional: ["database", "limit-mib", "keep"])
    return Storage(
      database: try fields?["database"].map { node throws(DocumentError) in try absolute(node) }
        ?? "/var/lib/vigil/vigil.db",
      limitBytes: Int64(try number(fields?["limit-mib"], in: 16...65_536, usually: 512)) << 20,
      keep: try keep(fields?["keep"]))
  }

  private static func keep(_ node: Node?) throws(DocumentError) -> Keep {
    let fields = try node?.mapping(optional: ["captures-hours", "samples-days", "readings-days", "alerts-days"])
    return Keep(
      captureHours: try number(fields?["captures-hours"], in: 1...8760, usually: 48),
      sampleDays: try number(fields?["samples-days"], in: 1...3660, usually: 7),
      readingDays: try number(fields?["readings-days"], in: 7...3660, usually: 90),
      alertDays: try number(fields?["alerts-days"], in: 90...7320, usually: 731))
  }

  private static func number(_ node: Node?, in range: ClosedRange<Int>, usually: Int) throws(DocumentError) -> Int {
    try node?.integer(in: range) ?? usually
  }

  private static func receipts(_ node: Node?, consumer: Node?) throws(DocumentError) -> Receipts {
    guard let node else {
      if let consumer { throw consumer.error("needs 'receipts: clinic' beside it") }
      return .broker
    }
    switch try node.string {
    case "broker":
      if let consumer { throw consumer.error("needs 'receipts: clinic' beside it") }
      return .broker
    case "clinic":
      guard let consumer else { throw node.error("needs 'consumer' beside it: whose receipts count") }
      return .clinic(consumer: try id(consumer))
    case let other: throw node.error("\(quoted(other)) is not allowed, allowed: broker, clinic")
    }
  }

  private static func profiles(_ node: Node?, fileExists: (String) -> Bool) throws(DocumentError) -> [String] {
    guard let node else { return ["/usr/share/vigil/device-profiles", "/etc/vigil/device-profiles"] }
    var directories: [String] = []
    for item in try node.sequence {
      guard let directory = try existing(item, fileExists) else { continue }
      directories.append(directory)
    }
    guard !directories.isEmpty else { throw node.error("the list is empty, allowed: one directory or more") }
    return directories
  }

  private static func streams(_ node: Node?) throws(DocumentError) -> Streams {
    guard let node else { return .summaries }
    return try node.choice(of: Streams.self)
  }

  private static func bluetooth(_ node: Node?) throws(DocumentError) -> Bluetooth {
    let fields = try node?.mapping(optional: ["adapter", "pairing-seconds", "commissioning-seconds"])
    return Bluetooth(
      adapter: try fields?["adapter"].map { node throws(DocumentError) in try adapter(node) } ?? "hci0",
      pairingSeconds: try seconds(fields?["pairing-seconds"], atMost: 300),
      commissioningSeconds: try seconds(fields?["commissioning-seconds"], atMost: 900))
  }

  /// A time that can only be made shorter.
  private static func seconds(_ node: Node?, atMost most: Int) throws(DocumentError) -> Int {
    try node?.integer(in: 1...most) ?? most
  }

  private static func adapter(_ node: Node) throws(DocumentError) -> String {
    let name = try node.string
    let digits = name.utf8.dropFirst(3)
    guard name.hasPrefix("hci"), (1...3).contains(digits.count), digits.allSatisfy(isDigit) else {
      throw node.error("\(quoted(name)) is not an adapter, allowed: hci0, hci1 and so on")
    }
    return name
  }

  private static func log(_ node: Node?) throws(DocumentError) -> Log {
    let level = try node?.mapping(optional: ["level"])["level"]
    return Log(level: try level.map { node throws(DocumentError) in try node.choice(of: LogLevel.self) } ?? .info)
  }

  // MARK: text

  static func absolute(_ node: Node) throws(DocumentError) -> String {
    let path = try node.string
    guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
      throw node.error("\(quoted(path)) is not allowed, allowed: a path from the root, such as /etc/vigil/file")
    }
    return path
  }

  /// - Returns: a path from the root at which there is something; nil without a node.
  package static func existing(_ node: Node?, _ fileExists: (String) -> Bool) throws(DocumentError) -> String? {
    guard let node else { return nil }
    let path = try absolute(node)
    guard fileExists(path) else { throw node.error("\(quoted(path)) does not exist or cannot be seen by this user") }
    return path
  }

  static func quoted(_ text: String) -> String {
    text.count > 40 ? "'\(text.prefix(40))…'" : "'\(text)'"
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func isLowerCaseOrDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isLowerCaseOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}
