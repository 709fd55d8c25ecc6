// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import Glibc

/// A message as sd-bus holds it. It stays on the bus's event loop.
struct BusMessage: ~Copyable {
  let raw: OpaquePointer

  init(retaining raw: OpaquePointer) { self.raw = sd_bus_message_ref(raw) ?? raw }
  init(adopting raw: OpaquePointer) { self.raw = raw }
  deinit { sd_bus_message_unref(raw) }

  var path: String { text(sd_bus_message_get_path(raw)) }
  var interface: String { text(sd_bus_message_get_interface(raw)) }
  var member: String { text(sd_bus_message_get_member(raw)) }
  var sender: String { text(sd_bus_message_get_sender(raw)) }

  /// The sender's number of it. 0 is nobody's.
  var serial: UInt32 {
    var cookie: UInt64 = 0
    return sd_bus_message_get_cookie(raw, &cookie) < 0 ? 0 : UInt32(truncatingIfNeeded: cookie)
  }

  private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

  // MARK: reading

  func readAll() throws(BusError) -> [BusValue] {
    var values: [BusValue] = []
    while try check(sd_bus_message_at_end(raw, 0)) == 0 { values.append(try readOne()) }
    return values
  }

  private func readOne() throws(BusError) -> BusValue {
    var type: CChar = 0
    var contents: UnsafePointer<CChar>?
    try check(sd_bus_message_peek_type(raw, &type, &contents))
    switch UnicodeScalar(UInt8(bitPattern: type)) {
    case "y": return .byte(try basic(type, 0))
    case "b": return .bool(try basic(type, Int32(0)) != 0)
    case "n": return .int16(try basic(type, 0))
    case "q": return .uint16(try basic(type, 0))
    case "i": return .int32(try basic(type, 0))
    case "u": return .uint32(try basic(type, 0))
    case "x": return .int64(try basic(type, 0))
    case "t": return .uint64(try basic(type, 0))
    case "d": return .double(try basic(type, 0))
    case "s": return .string(try string(type))
    case "o": return .path(try string(type))
    case "g": return .signature(try string(type))
    case "h":
      // The message closes its own descriptor: keep a copy (stack.md, fact 4).
      let copy = fcntl(try basic(type, Int32(-1)), F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { throw BusError(code: -errno) }
      return .descriptor(OwnedDescriptor(copy))
    case "v":
      try check(sd_bus_message_enter_container(raw, type, contents))
      let value = try readOne()
      try check(sd_bus_message_exit_container(raw))
      return .variant(value)
    case "r", "e":
      try check(sd_bus_message_enter_container(raw, type, contents))
      let members = try readAll()
      try check(sd_bus_message_exit_container(raw))
      return .structure(members)
    case "a": return try array(contents)
    default: throw BusError(code: -EBADMSG)
    }
  }

  private func array(_ contents: UnsafePointer<CChar>?) throws(BusError) -> BusValue {
    guard let contents else { throw BusError(code: -EBADMSG) }
    let element = String(cString: contents)
    if element == "y" {
      var bytes: UnsafeRawPointer?
      var count = 0
      try check(sd_bus_message_read_array(raw, contents.pointee, &bytes, &count))
      return .bytes(count == 0 ? [] : [UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
    }
    try check(sd_bus_message_enter_container(raw, CChar(bitPattern: UInt8(ascii: "a")), contents))
    let values = try readAll()
    try check(sd_bus_message_exit_container(raw))
    guard element.hasPrefix("{") else { return .array(element, values) }
    var entries: [(key: BusValue, value: BusValue)] = []
    for value in values {
      guard case .structure(let pair) = value, let key = pair.first, let value = pair.last, pair.count == 2 else {
        throw BusError(code: -EBADMSG)
      }
      entries.append((key, value))
    }
    return .dictionary(String(element.dropFirst().dropLast()), entries)
  }

  private func basic<T>(_ type: CChar, _ zero: T) throws(BusError) -> T {
    var value = zero
    try check(withUnsafeMutablePointer(to: &value) { sd_bus_message_read_basic(raw, type, $0) })
    return value
  }

  private func string(_ type: CChar) throws(BusError) -> String {
    var pointer: UnsafePointer<CChar>?
    try check(withUnsafeMutablePointer(to: &pointer) { sd_bus_message_read_basic(raw, type, $0) })
    return text(pointer)
  }

  // MARK: writing

  func append(_ value: BusValue) throws(BusError) {
    switch value {
    case .byte(let x): try append("y", x)
    case .bool(let x): try append("b", Int32(x ? 1 : 0))
    case .int16(let x): try append("n", x)
    case .uint16(let x): try append("q", x)
    case .int32(let x): try append("i", x)
    case .uint32(let x): try append("u", x)
    case .int64(let x): try append("x", x)
    case .uint64(let x): try append("t", x)
    case .double(let x): try append("d", x)
    case .string(let x): try append("s", text: x)
    case .path(let x): try append("o", text: x)
    case .signature(let x): try append("g", text: x)
    case .descriptor(let x): try append("h", x.raw)
    case .bytes(let x):
      try check(x.withUnsafeBytes { sd_bus_message_append_array(raw, code("y"), $0.baseAddress, $0.count) })
    case .array(let element, let values):
      try open("a", element)
      for value in values { try append(value) }
      try check(sd_bus_message_close_container(raw))
    case .dictionary(let entry, let entries):
      try open("a", "{\(entry)}")
      for (key, value) in entries {
        try open("e", entry)
        try append(key)
        try append(value)
        try check(sd_bus_message_close_container(raw))
      }
      try check(sd_bus_message_close_container(raw))
    case .structure(let members):
      try open("r", members.map(\.signature).joined())
      for member in members { try append(member) }
      try check(sd_bus_message_close_container(raw))
    case .variant(let inner):
      try open("v", inner.signature)
      try append(inner)
      try check(sd_bus_message_close_container(raw))
    }
  }

  private func append<T>(_ type: Unicode.Scalar, _ value: T) throws(BusError) {
    var value = value
    try check(withUnsafePointer(to: &value) { sd_bus_message_append_basic(raw, code(type), $0) })
  }

  private func append(_ type: Unicode.Scalar, text: String) throws(BusError) {
    try check(text.withCString { sd_bus_message_append_basic(raw, code(type), $0) })
  }

  private func open(_ type: Unicode.Scalar, _ contents: String) throws(BusError) {
    try check(contents.withCString { sd_bus_message_open_container(raw, code(type), $0) })
  }

  private func code(_ scalar: Unicode.Scalar) -> CChar { CChar(truncatingIfNeeded: scalar.value) }
}
