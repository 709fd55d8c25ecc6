// SPDX-License-Identifier: GPL-3.0-or-later
import CMosquitto
import Glibc
import Synchronization

/// One libmosquitto handle, for one attempt to connect and the connection that comes of it.
///
/// A handle that connects again sends its unacknowledged messages again (2.0.11, `message__reconnect_reset`), and so does
/// the owner from its ledger. So each attempt has a handle of its own, and what it had in flight goes with it.
///
/// The handle is used by one thread at a time: by ``connect(keepAlive:expirySeconds:done:)``'s until it calls `done`, then
/// by the client's loop. Both hold a reference, and the last of them destroys it: nothing frees a handle that a thread is
/// still inside. libmosquitto's callbacks only note what happened, as they run with its locks held.
final class Session: @unchecked Sendable {
  enum Happening {
    case connack(reason: UInt8, sessionPresent: Bool)
    case closed(String)
    case acknowledged(messageID: Int32, reason: UInt8)
    case subscribed(messageID: Int32, reason: UInt8)
    case message(Message)
  }

  private let handle: OpaquePointer
  private let credentials: Credentials
  private var happenings: [Happening] = []
  /// What libmosquitto logged last as an error: of a failed TLS handshake its code tells nothing.
  private var libraryError: String?
  private let isAbandoned = Atomic<Bool>(false)

  private static let libraryResult = mosquitto_lib_init()
  /// What a broker may send at once; commands and receipts are far smaller.
  private static let maximumPacketSize: UInt32 = 256 * 1024

  init(_ credentials: Credentials, will: Will?) throws(MQTTError) {
    guard Self.libraryResult == 0 else { throw .library(code: Self.libraryResult) }
    guard !credentials.host.isEmpty, (1...65535).contains(credentials.port) else { throw .invalid("no broker address") }
    for text in [credentials.host, credentials.clientID, credentials.username ?? "", credentials.password ?? ""] {
      guard !text.utf8.contains(0) else { throw .invalid("a NUL in the broker's credentials") }
    }
    guard let handle = mosquitto_new(credentials.clientID, false, nil) else {
      throw .invalid("the client id is not valid")
    }
    self.handle = handle
    self.credentials = credentials
    // mosquitto_new does it too, without promising it: a broken connection must not kill the process.
    signal(SIGPIPE, SIG_IGN)
    mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
    setCallbacks()
    try check(mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5))
    try check(mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1))
    // 65535 stands for "as many as the broker says": its CONNACK lowers it.
    try check(mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, 65535))
    if credentials.username != nil || credentials.password != nil {
      try check(mosquitto_username_pw_set(handle, credentials.username, credentials.password))
    }
    if let tls = credentials.tls { try use(tls) }
    if let will { try use(will) }
  }

  deinit { mosquitto_destroy(handle) }

  // MARK: Connecting

  /// Connects on a thread of its own, which nobody waits for: 135 s were measured where a firewall drops the packets.
  /// - Parameter done: called on that thread, with what went wrong.
  func connect(
    keepAlive: Int32, expirySeconds: UInt32, done: @escaping @Sendable (String?) -> Void
  ) throws(MQTTError) {
    let context = Unmanaged.passRetained(
      Attempt { [self] in
        let failure = connectNow(keepAlive: keepAlive, expirySeconds: expirySeconds)
        if isAbandoned.load(ordering: .sequentiallyConsistent) {
          // The CONNECT may be out, with the will in it: a DISCONNECT takes it back.
          if failure == nil { disconnect() }
        } else {
          done(failure)
        }
      })
    var all = sigset_t()
    var previous = sigset_t()
    // The thread inherits this mask: signals belong to the main thread.
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Attempt>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw .invalid("no thread to connect on: \(String(cString: strerror(result)))")
    }
    pthread_detach(thread)
  }

  /// Nobody waits for the attempt any more; if it succeeds it ends itself.
  func abandon() { isAbandoned.store(true, ordering: .sequentiallyConsistent) }

  private final class Attempt: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private func connectNow(keepAlive: Int32, expirySeconds: UInt32) -> String? {
    var properties: OpaquePointer?
    defer { mosquitto_property_free_all(&properties) }
    mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), expirySeconds)
    mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), Self.maximumPacketSize)
    let result = mosquitto_connect_bind_v5(
      handle, credentials.host, Int32(credentials.port), keepAlive, nil, properties)
    guard result == 0 else { return text(ofResult: result, errno: errno) }
    // The library does not: a child of this process would keep the connection open.
    _ = fcntl(mosquitto_socket(handle), F_SETFD, FD_CLOEXEC)
    return nil
  }

  // MARK: On the loop

  /// The library closes its socket when a connection ends.
  var isClosed: Bool { mosquitto_socket(handle) < 0 }

  /// A second descriptor of the socket, for the loop, which its owner closes. The library closes its own whenever it likes;
  /// an epoll that is left with a closed descriptor cannot be told to forget it, and reports it still if a child process
  /// has the socket: sd-event aborts on that.
  func duplicateSocket() throws(MQTTError) -> Int32 {
    let descriptor = fcntl(mosquitto_socket(handle), F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { throw .invalid("no descriptor to watch: \(String(cString: strerror(errno)))") }
    return descriptor
  }
  var wantsWrite: Bool { mosquitto_want_write(handle) }

  /// - Returns: what ended the connection, if something did.
  func read() -> String? { failure(of: mosquitto_loop_read(handle, 100)) }
  func write() -> String? { failure(of: mosquitto_loop_write(handle, 100)) }
  func keepAlive() -> String? { failure(of: mosquitto_loop_misc(handle)) }

  func takeHappenings() -> [Happening] {
    defer { happenings.removeAll(keepingCapacity: true) }
    return happenings
  }

  /// - Returns: the message's id in this session.
  func publish(
    topic: String, payload: [UInt8], retain: Bool, correlationData: [UInt8]?
  ) throws(MQTTError) -> Int32 {
    guard !topic.isEmpty, !topic.utf8.contains(0) else { throw .invalidTopic }
    guard let count = Int32(exactly: payload.count) else { throw .tooLarge }
    var properties: OpaquePointer?
    defer { mosquitto_property_free_all(&properties) }
    if let correlationData {
      guard let length = UInt16(exactly: correlationData.count) else { throw .tooLarge }
      let added = correlationData.withUnsafeBytes {
        mosquitto_property_add_binary(
          &properties, Int32(MQTT_PROP_CORRELATION_DATA.rawValue), $0.baseAddress, length)
      }
      try check(added)
    }
    var messageID: Int32 = 0
    let result = payload.withUnsafeBytes {
      mosquitto_publish_v5(handle, &messageID, topic, count, $0.baseAddress, 1, retain, properties)
    }
    try check(result)
    return messageID
  }

  func subscribe(_ filter: String, retainAsPublished: Bool) throws(MQTTError) -> Int32 {
    guard !filter.isEmpty, !filter.utf8.contains(0) else { throw .invalidTopic }
    var messageID: Int32 = 0
    let options = retainAsPublished ? Int32(MQTT_SUB_OPT_RETAIN_AS_PUBLISHED.rawValue) : 0
    try check(mosquitto_subscribe_v5(handle, &messageID, filter, 1, options, nil))
    return messageID
  }

  /// Sends DISCONNECT with reason 0, by which the broker forgets the will. The library closes the socket once it is out.
  func disconnect() { mosquitto_disconnect_v5(handle, 0, nil) }

  // MARK: Setting up

  private func use(_ tls: Credentials.TLS) throws(MQTTError) {
    let result = mosquitto_tls_set(
      handle, tls.authorityFile, tls.authorityFile == nil ? "/etc/ssl/certs" : nil, tls.certificateFile, tls.keyFile,
      // Without this OpenSSL would ask the terminal for the password of an encrypted key.
      { _, _, _, _ in 0 })
    guard result != MOSQ_ERR_INVAL.rawValue else { throw .invalid("a certificate or key file cannot be read") }
    try check(result)
    // 1 is SSL_VERIFY_PEER; "tlsv1.2" turns off what is older.
    try check(mosquitto_tls_opts_set(handle, 1, "tlsv1.2", nil))
  }

  private func use(_ will: Will) throws(MQTTError) {
    guard let count = Int32(exactly: will.payload.count), !will.topic.utf8.contains(0) else {
      throw .invalid("the will")
    }
    var properties: OpaquePointer?
    mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_WILL_DELAY_INTERVAL.rawValue), will.delaySeconds)
    let result = will.payload.withUnsafeBytes {
      mosquitto_will_set_v5(handle, will.topic, count, $0.baseAddress, 1, will.retain, properties)
    }
    // On success the properties belong to the handle.
    guard result == 0 else {
      mosquitto_property_free_all(&properties)
      throw .invalid("the will: \(String(cString: mosquitto_strerror(result)))")
    }
  }

  private func setCallbacks() {
    mosquitto_connect_v5_callback_set(handle) { _, context, reason, flags, _ in
      Session.note(context, .connack(reason: UInt8(clamping: reason), sessionPresent: flags & 1 != 0))
    }
    mosquitto_disconnect_v5_callback_set(handle) { _, context, reason, _ in
      let error = errno
      guard let session = Session.of(context) else { return }
      session.happenings.append(.closed(session.text(ofResult: reason, errno: error)))
    }
    mosquitto_publish_v5_callback_set(handle) { _, context, messageID, reason, _ in
      Session.note(context, .acknowledged(messageID: messageID, reason: UInt8(clamping: reason)))
    }
    mosquitto_subscribe_v5_callback_set(handle) { _, context, messageID, count, granted, _ in
      let reason = count > 0 ? granted?.pointee ?? 128 : 128
      Session.note(context, .subscribed(messageID: messageID, reason: UInt8(clamping: reason)))
    }
    mosquitto_message_v5_callback_set(handle) { _, context, message, properties in
      if let message, let message = Message(message.pointee, properties) { Session.note(context, .message(message)) }
    }
    mosquitto_log_callback_set(handle) { _, context, level, text in
      if level == MOSQ_LOG_ERR, let text { Session.of(context)?.libraryError = String(cString: text) }
    }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> Session? {
    context.map { Unmanaged<Session>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func note(_ context: UnsafeMutableRawPointer?, _ happening: Happening) {
    of(context)?.happenings.append(happening)
  }

  // MARK: Results

  private func failure(of result: Int32) -> String? {
    result == 0 ? nil : text(ofResult: result, errno: errno)
  }

  private func check(_ result: Int32) throws(MQTTError) {
    switch mosq_err_t(rawValue: result) {
    case MOSQ_ERR_SUCCESS: return
    case MOSQ_ERR_NO_CONN, MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO, MOSQ_ERR_TLS: throw .notConnected
    case MOSQ_ERR_OVERSIZE_PACKET, MOSQ_ERR_PAYLOAD_SIZE: throw .tooLarge
    case MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8: throw .invalidTopic
    default: throw .library(code: result)
    }
  }

  private func text(ofResult result: Int32, errno: Int32) -> String {
    let code =
      switch result {
      case MOSQ_ERR_ERRNO.rawValue: errno == 0 ? "connection lost" : String(cString: strerror(errno))
      case MOSQ_ERR_EAI.rawValue: "\(credentials.host): \(String(cString: gai_strerror(errno)))"
      case MOSQ_ERR_KEEPALIVE.rawValue: "the broker does not answer"
      case 128...: String(cString: mosquitto_reason_string(result))
      default: String(cString: mosquitto_strerror(result))
      }
    return libraryError.map { "\(code) (\($0))" } ?? code
  }
}
