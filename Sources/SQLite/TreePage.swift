// SPDX-License-Identifier: GPL-3.0-or-later

/// A page of a table's or an index's tree (https://sqlite.org/fileformat2.html#b_tree_pages). Nothing in it is trusted.
struct TreePage {
  struct Cell {
    /// Of an inner page: where everything before this cell's key is.
    let child: UInt32?
    let record: DatabaseImage.Record?
  }

  /// No row of this program is longer.
  private static let longestRecord = 1 << 20

  let isTable: Bool
  let isLeaf: Bool
  private(set) var cells: [Cell] = []
  /// Of an inner page: where everything behind the last cell's key is.
  let last: UInt32?
  private(set) var brokenCells = 0

  /// What a page says it is.
  static func kind(_ page: [UInt8], _ number: UInt32) -> (isTable: Bool, isLeaf: Bool)? {
    let at = number == 1 ? 100 : 0
    guard at < page.count else { return nil }
    switch page[at] {
    case 2: return (false, false)
    case 5: return (true, false)
    case 10: return (false, true)
    case 13: return (true, true)
    default: return nil
    }
  }

  /// - Parameter overflow: reads the page that a long record goes on in.
  init?(_ page: [UInt8], number: UInt32, usable: Int, overflow: (UInt32) -> [UInt8]?) {
    guard let kind = Self.kind(page, number), usable >= 480, usable <= page.count else { return nil }
    (isTable, isLeaf) = kind
    let start = number == 1 ? 100 : 0
    let pointers = start + (isLeaf ? 8 : 12)
    guard let count = page.big16(start + 3), pointers + 2 * count <= usable else { return nil }
    last = isLeaf ? nil : page.big32(start + 8)
    let reader = CellReader(page: page, usable: usable, isTable: isTable, isLeaf: isLeaf)
    var before: Int64?
    for index in 0..<count {
      guard let at = page.big16(pointers + 2 * index), at >= pointers + 2 * count, let cell = reader.cell(at, overflow)
      else {
        brokenCells += 1
        continue
      }
      if let rowid = cell.record?.rowid {
        // Rows stand in the order of their numbers: another number is a wrong one.
        guard before.map({ $0 < rowid }) ?? true else {
          brokenCells += 1
          continue
        }
        before = rowid
      }
      cells.append(cell)
    }
  }

  private struct CellReader {
    let page: [UInt8]
    let usable: Int
    let isTable: Bool
    let isLeaf: Bool

    func cell(_ start: Int, _ overflow: (UInt32) -> [UInt8]?) -> Cell? {
      var at = start
      var child: UInt32?
      if !isLeaf {
        guard let number = page.big32(at) else { return nil }
        child = number
        at += 4
      }
      if isTable, !isLeaf {
        guard let key = page.varint(at, below: usable) else { return nil }
        return Cell(child: child, record: DatabaseImage.Record(rowid: key.value, values: []))
      }
      guard let length = page.varint(at, below: usable) else { return nil }
      at = length.next
      var rowid: Int64?
      if isTable {
        guard let key = page.varint(at, below: usable) else { return nil }
        rowid = key.value
        at = key.next
      }
      guard let count = Int(exactly: length.value), (1...longestRecord).contains(count),
        let payload = payload(at, count, overflow), let values = RecordReader.values(payload)
      else { return nil }
      return Cell(child: child, record: DatabaseImage.Record(rowid: rowid, values: values))
    }

    /// A record's octets, from this page and those that it goes on in.
    private func payload(_ at: Int, _ count: Int, _ overflow: (UInt32) -> [UInt8]?) -> [UInt8]? {
      let most = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
      if count <= most { return at + count <= usable ? Array(page[at..<at + count]) : nil }
      let least = (usable - 12) * 32 / 255 - 23
      let wanted = least + (count - least) % (usable - 4)
      let local = wanted <= most ? wanted : least
      guard at + local + 4 <= usable, var next = page.big32(at + local) else { return nil }
      var payload = Array(page[at..<at + local])
      while payload.count < count {
        guard next != 0, let more = overflow(next), usable <= more.count else { return nil }
        payload += more[4..<min(usable, 4 + count - payload.count)]
        next = more.big32(0) ?? 0
      }
      return payload
    }
  }
}

/// The values of a record (https://sqlite.org/fileformat2.html#record_format).
enum RecordReader {
  /// - Returns: nil for what is not exactly a record, and for text that is not UTF-8.
  static func values(_ payload: [UInt8]) -> [Value]? {
    guard let size = payload.varint(0, below: payload.count), let headerEnd = Int(exactly: size.value),
      headerEnd >= size.next, headerEnd <= payload.count
    else { return nil }
    var values: [Value] = []
    var at = size.next
    var body = headerEnd
    while at < headerEnd {
      guard let type = payload.varint(at, below: headerEnd) else { return nil }
      at = type.next
      guard let length = length(type.value), length <= payload.count - body,
        let value = value(type.value, payload[body..<body + length])
      else { return nil }
      body += length
      values.append(value)
    }
    return body == payload.count ? values : nil
  }

  private static func length(_ type: Int64) -> Int? {
    switch type {
    case 0, 8, 9: 0
    case 1...4: Int(type)
    case 5: 6
    case 6, 7: 8
    case 12...: Int(exactly: (type - 12) / 2)
    default: nil
    }
  }

  private static func value(_ type: Int64, _ octets: ArraySlice<UInt8>) -> Value? {
    switch type {
    case 0: return .null
    case 8: return .integer(0)
    case 9: return .integer(1)
    case 1...6:
      // Sign-extended from the highest octet.
      let start: Int64 = octets.first.map { $0 & 0x80 != 0 ? -1 : 0 } ?? 0
      return .integer(octets.reduce(start) { $0 << 8 | Int64($1) })
    case 7: return .real(Double(bitPattern: octets.reduce(0) { $0 << 8 | UInt64($1) }))
    case let type where type & 1 == 0: return .blob(Array(octets))
    default: return String(validating: octets, as: UTF8.self).map { .text($0) }
    }
  }
}
