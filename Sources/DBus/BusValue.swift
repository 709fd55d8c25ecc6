// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// A file descriptor that is closed with its last reference.
package final class OwnedDescriptor: Sendable {
  package let raw: Int32
  package init(_ raw: Int32) { self.raw = raw }
  deinit { close(raw) }
}

/// A value of the D-Bus type system.
package indirect enum BusValue: Sendable {
  case byte(UInt8)
  case bool(Bool)
  case int16(Int16)
  case uint16(UInt16)
  case int32(Int32)
  case uint32(UInt32)
  case int64(Int64)
  case uint64(UInt64)
  case double(Double)
  case string(String)
  case path(String)
  case signature(String)
  case descriptor(OwnedDescriptor)
  /// `ay`
  case bytes([UInt8])
  /// An array with the signature of its elements, which an empty one could not tell.
  case array(String, [BusValue])
  /// A dictionary with the signature of an entry: `sv`.
  case dictionary(String, [(key: BusValue, value: BusValue)])
  case structure([BusValue])
  case variant(BusValue)

  /// `a{sv}`
  package static func properties(_ entries: [(String, BusValue)]) -> BusValue {
    .dictionary("sv", entries.map { (.string($0.0), .variant($0.1)) })
  }

  var signature: String {
    switch self {
    case .byte: "y"
    case .bool: "b"
    case .int16: "n"
    case .uint16: "q"
    case .int32: "i"
    case .uint32: "u"
    case .int64: "x"
    case .uint64: "t"
    case .double: "d"
    case .string: "s"
    case .path: "o"
    case .signature: "g"
    case .descriptor: "h"
    case .bytes: "ay"
    case .array(let element, _): "a" + element
    case .dictionary(let entry, _): "a{\(entry)}"
    case .structure(let members): "(" + members.map(\.signature).joined() + ")"
    case .variant: "v"
    }
  }
}

// MARK: reading what a peer sent; a wrong type is nil

extension BusValue {
  /// The value without the variants around it.
  package var content: BusValue {
    if case .variant(let inner) = self { inner.content } else { self }
  }

  /// The text of a string, an object path or a signature.
  package var string: String? {
    switch content {
    case .string(let text), .path(let text), .signature(let text): text
    default: nil
    }
  }

  package var bool: Bool? { if case .bool(let value) = content { value } else { nil } }

  package var bytes: [UInt8]? { if case .bytes(let value) = content { value } else { nil } }

  package var integer: Int? {
    switch content {
    case .byte(let value): Int(value)
    case .int16(let value): Int(value)
    case .uint16(let value): Int(value)
    case .int32(let value): Int(value)
    case .uint32(let value): Int(value)
    case .int64(let value): Int(exactly: value)
    case .uint64(let value): Int(exactly: value)
    default: nil
    }
  }

  package var elements: [BusValue]? {
    switch content {
    case .array(_, let values), .structure(let values): values
    default: nil
    }
  }

  /// The entries of a dictionary with text keys.
  package var entries: [(String, BusValue)]? {
    guard case .dictionary(_, let entries) = content else { return nil }
    return entries.compactMap { entry in entry.key.string.map { ($0, entry.value.content) } }
  }

  package subscript(_ key: String) -> BusValue? {
    guard case .dictionary(_, let entries) = content else { return nil }
    return entries.first { $0.key.string == key }?.value.content
  }
}
