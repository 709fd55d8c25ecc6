// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc

/// A database with its log as their octets stand in the files, read without SQLite and never written: what can be known
/// before SQLite may touch it, and what is left of a damaged one (https://sqlite.org/fileformat2.html).
package final class DatabaseImage {
  /// The page sizes of this program's databases: of those made now, and of those made before version 3.
  private static let ourPageSizes = [Connection.pageSize, 4096]

  /// What the first hundred octets say; nil where they are no database's.
  package struct Header: Sendable {
    package let pageSize: Int
    package let userVersion: Int32
    package let applicationID: Int32
    /// Readers and writers are to use a write-ahead log.
    package let isLogged: Bool
    let reserved: Int
    let pageCount: UInt32
    let firstFree: UInt32

    init?(_ page: [UInt8]) {
      guard page.count >= 100, Array(page[0..<16]) == Array("SQLite format 3\u{0}".utf8), let size = page.big16(16),
        let count = page.big32(28), let free = page.big32(32), let version = page.big32(60), let id = page.big32(68)
      else { return nil }
      pageSize = size == 1 ? 65_536 : size
      guard pageSize >= 512, pageSize & (pageSize - 1) == 0, page[21] == 64, page[22] == 32, page[23] == 32 else {
        return nil
      }
      isLogged = page[18] == 2 && page[19] == 2
      reserved = Int(page[20])
      pageCount = count
      firstFree = free
      userVersion = Int32(bitPattern: version)
      applicationID = Int32(bitPattern: id)
    }
  }

  private let file: OctetFile?
  private let logFile: OctetFile?
  package let log: WriteAheadLog?
  package let header: Header?
  let usable: Int
  private let pageSize: Int
  package let pageCount: UInt32
  /// Pages and cells that could not be read so far.
  package private(set) var broken = 0
  private var reachable: Set<UInt32> = []

  /// - Parameter isOurs: read it as one of this program's, whatever its header says of its geometry.
  /// - Returns: nil where neither the file nor its log can be read.
  package init?(path: String, isOurs: Bool = false) {
    file = OctetFile(path)
    logFile = OctetFile(path + "-wal").flatMap { $0.size > WriteAheadLog.headerSize ? $0 : nil }
    guard file != nil || logFile != nil else { return nil }
    let first = file?.read(at: 0, count: min(512, file?.size ?? 0)).flatMap(Header.init)
    let declared = [first?.pageSize, logFile.flatMap(WriteAheadLog.pageSize)].compactMap(\.self)
    let believed = isOurs ? declared.first { Self.ourPageSizes.contains($0) } : declared.first
    let size = believed ?? (isOurs ? file.flatMap(Self.ourPageSize) : nil) ?? Connection.pageSize
    pageSize = size
    log = logFile.map { WriteAheadLog($0, pageSize: size) }
    let inFile = UInt32(clamping: (file?.size ?? 0) / size)
    pageCount = max(log?.pageCount ?? 0, inFile)
    let page = Self.page(1, file, logFile, log, size)
    header = page.flatMap(Header.init)
    usable = isOurs ? size : size - min(header?.reserved ?? 0, size / 2)
  }

  /// The size that the cells of the first page fit into, where nothing says it any more.
  private static func ourPageSize(_ file: OctetFile) -> Int? {
    ourPageSizes.first { size in
      guard let octets = file.read(at: 0, count: size) else { return false }
      let page = TreePage(octets, number: 1, usable: size) { _ in nil }
      return page.map { $0.cells.count > $0.brokenCells } ?? false
    }
  }

  /// The size of the file itself, 0 where there is none.
  package var fileSize: Int { file?.size ?? 0 }

  /// Whether the disk gives back every octet of the file.
  package var isReadable: Bool {
    guard let file else { return true }
    let chunk = 1 << 20
    return stride(from: 0, to: file.size, by: chunk).allSatisfy {
      file.read(at: $0, count: min(chunk, file.size - $0)) != nil
    }
  }

  func page(_ number: UInt32) -> [UInt8]? { Self.page(number, file, logFile, log, pageSize) }

  private static func page(
    _ number: UInt32, _ file: OctetFile?, _ logFile: OctetFile?, _ log: WriteAheadLog?, _ size: Int
  ) -> [UInt8]? {
    guard number > 0 else { return nil }
    if let offset = log?.pages[number] {
      if let mended = log?.mended, mended.offset == offset { return mended.page }
      if let page = logFile?.read(at: offset, count: size) { return page }
    }
    return file?.read(at: (Int(number) - 1) * size, count: size)
  }

  // MARK: records

  /// A row of a table, or an entry of an index or of a table without rowids.
  package struct Record {
    /// nil in an index.
    package let rowid: Int64?
    package let values: [Value]
  }

  /// The root page of each table that the schema names.
  package func tables() -> [String: UInt32] { roots(of: "table") }

  /// The root page of each index, those too that SQLite makes by itself.
  package func indices() -> [String: UInt32] { roots(of: "index") }

  private func roots(of kind: String) -> [String: UInt32] {
    var found: [String: UInt32] = [:]
    try? walk(1) { record in
      if record.values.count >= 4, record.values[0] == .text(kind), case .text(let name) = record.values[1],
        case .integer(let root) = record.values[3], let root = UInt32(exactly: root)
      {
        found[name] = root
      }
      return true
    }
    return found
  }

  /// What of a tree is not to be looked at: everything between two entries of an inner page, nil at its ends.
  package typealias Skip = (_ lower: Record?, _ upper: Record?) -> Bool

  /// Hands over the records below a root page, in order; what cannot be read is passed over and counted.
  ///
  /// - Parameter body: returns whether to go on.
  package func walk(
    _ root: UInt32, isBackward: Bool = false, skipping skip: Skip? = nil, body: (Record) throws -> Bool
  ) throws {
    enum Step {
      case page(UInt32)
      case record(Record)
    }
    let isTable = page(root).flatMap { TreePage.kind($0, root) }?.isTable
    var steps = [Step.page(root)]
    var seen: Set<UInt32> = []
    while let step = steps.popLast() {
      switch step {
      case .record(let record): guard try body(record) else { return }
      case .page(let number):
        guard seen.insert(number).inserted, let page = tree(number), page.isTable == isTable else {
          broken += 1
          continue
        }
        broken += page.brokenCells
        var next: [Step] = []
        var lower: Record?
        for cell in page.cells {
          if let child = cell.child, !(skip?(lower, cell.record) ?? false) { next.append(.page(child)) }
          // Inner pages of tables have keys only, those of indexes whole entries.
          if let record = cell.record, !page.isTable || page.isLeaf { next.append(.record(record)) }
          lower = cell.record
        }
        if let last = page.last, !(skip?(lower, nil) ?? false) { next.append(.page(last)) }
        steps += isBackward ? next : next.reversed()
      }
    }
  }

  /// Notes which pages the trees below these roots consist of, without looking at the leaves.
  package func map(_ roots: some Sequence<UInt32>) {
    var waiting = Array(roots)
    while let number = waiting.popLast() {
      guard reachable.insert(number).inserted else { continue }
      guard let page = page(number), let kind = TreePage.kind(page, number) else {
        broken += 1
        continue
      }
      guard !kind.isLeaf else { continue }
      guard let inner = tree(number) else {
        broken += 1
        continue
      }
      broken += inner.brokenCells
      waiting += inner.cells.compactMap(\.child)
      if let last = inner.last { waiting.append(last) }
    }
    markFree()
  }

  /// Hands over the records of leaves that no mapped tree leads to and that are not free; `isTable` as the page says.
  package func strays(_ body: (Record, _ isTable: Bool) throws -> Bool) throws {
    guard pageCount > 0 else { return }
    for number in 1...pageCount where !reachable.contains(number) {
      guard let page = page(number), let kind = TreePage.kind(page, number), kind.isLeaf, let leaf = tree(number) else {
        continue
      }
      for case let record? in leaf.cells.map(\.record) {
        guard try body(record, leaf.isTable) else { return }
      }
    }
  }

  /// What stands on a free page was deleted, and must not come back.
  private func markFree() {
    var trunk = header?.firstFree ?? 0
    while trunk != 0, reachable.insert(trunk).inserted, let page = page(trunk), let count = page.big32(4) {
      for index in 0..<min(Int(count), usable / 4) {
        if let leaf = page.big32(8 + 4 * index) { reachable.insert(leaf) }
      }
      trunk = page.big32(0) ?? 0
    }
  }

  private func tree(_ number: UInt32) -> TreePage? {
    guard number <= pageCount, let octets = page(number) else { return nil }
    return TreePage(octets, number: number, usable: usable) { [self] in page($0) }
  }
}
