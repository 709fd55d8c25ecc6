// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import SQLite

/// The files at and around the database's path: what stands there, and how one database takes the place of another.
///
/// A new database is made beside the place and finished there. Its renaming to `.new` is the decision; whatever is
/// interrupted after that, the next start finishes. What stood at the place before is only renamed.
struct DatabasePlace {
  let path: String

  var scratch: String { path + ".making" }
  private var finished: String { path + ".new" }
  /// Left by a run that met damage, with its reason.
  var mark: String { path + ".found-damaged" }
  /// A mark that was looked into without finding anything: a disk that fails for a moment makes a whole database look
  /// damaged. The next one counts.
  private var doubt: String { path + ".seemed-damaged" }

  enum Finding: Equatable {
    /// Nothing, or an empty file where never a database was.
    case nothing
    case ours(version: Int)
    case newer(version: Int)
    /// Also another program's, or none at all.
    case damaged(String)
  }

  /// Looks without changing anything, not even through SQLite.
  func look(epochs: EpochList) throws -> Finding {
    try assertUsable()
    if let reason = markedReason {
      guard Self.size(doubt) == nil else { return .damaged(reason) }
      // Where it cannot be noted that this was the first one, it is as if it were the second.
      guard rename(mark, doubt) == 0 else { return .damaged(reason) }
      try? Self.sync(directory)
    }
    let size = Self.size(path)
    let logSize = Self.size(path + "-wal") ?? 0
    guard let size, size + logSize > 0 else {
      if epochs.epochs.isEmpty, epochs.isWhole { return .nothing }
      return .damaged(size == nil ? "it is missing" : "it is empty")
    }
    guard let image = DatabaseImage(path: path) else { throw JournalError.unusable(path, EIO) }
    guard let header = image.header else { return .damaged("it has no database's first page") }
    let tables = image.tables()
    let isOurs =
      header.applicationID == Schema.applicationID || ["meta", "lane", "ledger"].allSatisfy { tables[$0] != nil }
    guard isOurs else {
      if tables.isEmpty, header.userVersion == 0, image.broken == 0, image.pageCount <= 1 { return .nothing }
      return .damaged("it is none of this program's databases")
    }
    let version = Int(header.userVersion)
    if let noted = Self.noted(in: image, tables), noted != version, Self.isSlip(header.userVersion, of: noted) {
      return .damaged("its version is \(version) in one place and \(noted) in another")
    }
    if version > Schema.migrations.count { return .newer(version: version) }
    guard version > 0 else { return .damaged("its version is \(version)") }
    if let damage = image.log?.damage { return .damaged(damage) }
    return header.isLogged ? .ours(version: version) : .damaged("it is not kept with a log")
  }

  /// Whether damage explains a version that differs from the noted one. Where it need not, what seems to be of a newer
  /// program is left alone.
  private static func isSlip(_ version: Int32, of noted: Int) -> Bool {
    guard version > Schema.migrations.count else { return true }
    guard noted == Schema.migrations.count else { return false }
    let difference = UInt32(bitPattern: version) ^ UInt32(truncatingIfNeeded: noted)
    return difference.nonzeroBitCount == 1 || (1...3).contains { difference & ~(0xff << (8 * UInt32($0))) == 0 }
  }

  /// The version as the table `meta` has it.
  private static func noted(in image: DatabaseImage, _ tables: [String: UInt32]) -> Int? {
    var found: Int?
    guard let root = tables["meta"] else { return nil }
    try? image.walk(root) { record in
      if record.values.first == .text(Schema.versionKey), case .text(let text)? = record.values.last {
        found = Int(text)
      }
      return found == nil
    }
    return found
  }

  private var markedReason: String? {
    guard let file = fopen(mark, "re") else { return nil }
    defer { fclose(file) }
    var octets = [UInt8](repeating: 0, count: 500)
    octets.removeLast(octets.count - fread(&octets, 1, octets.count, file))
    return "met while running: \(String(decoding: octets, as: UTF8.self).filter { !$0.isNewline })"
  }

  /// Leaves the word for the next start.
  func leaveMark(_ reason: String) {
    let descriptor = open(mark, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    let octets = Array(reason.utf8.prefix(500))
    _ = write(descriptor, octets, octets.count)
    fsync(descriptor)
    close(descriptor)
    try? Self.sync(directory)
  }

  /// - Throws: where a person has to do something: the directory or the file is not to be used by us, or is used by others.
  private func assertUsable() throws {
    guard access(directory, R_OK | W_OK | X_OK) == 0 else { throw JournalError.unusable(directory, errno) }
    var info = stat()
    guard stat(path, &info) == 0 else {
      if errno == ENOENT { return }
      throw JournalError.unusable(path, errno)
    }
    guard info.st_mode & S_IFMT == S_IFREG else { throw JournalError.unusable(path, EISDIR) }
    // Closing this descriptor gives up locks of our own on the file (POSIX): there are none before the opening.
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw JournalError.unusable(path, errno) }
    defer { close(descriptor) }
    // Where SQLite keeps its locks (https://sqlite.org/lockingv3.html).
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = 0x4000_0000
    lock.l_len = 512
    guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type == Int16(F_UNLCK) else { throw JournalError.inUse(path) }
  }

  // MARK: taking the place

  /// Removes what an interrupted making has left.
  func clearScratch() {
    for suffix in ["", "-wal", "-journal", "-shm"] { unlink(scratch + suffix) }
  }

  /// The database made at ``scratch`` is finished: from here on it will take the place, whatever happens.
  func decide() throws {
    try Self.sync(scratch)
    guard rename(scratch, finished) == 0 else { throw JournalError.unusable(finished, errno) }
    clearScratch()
    try Self.sync(directory)
  }

  /// Puts a finished database in its place.
  ///
  /// - Returns: where what stood there is now, nil where nothing did. Also nil where there was nothing to finish.
  func finish(epochs: inout EpochList) throws -> String? {
    guard Self.size(finished) != nil else { return nil }
    if let image = DatabaseImage(path: finished), let epoch = image.epoch { try epochs.append(epoch) }
    unlink(mark)
    unlink(doubt)
    var aside: String?
    let suffixes = ["-wal", "-journal", ""].filter { Self.size(path + $0) != nil }
    // An empty file where never a database was is no one's.
    if suffixes.contains(where: { Self.size(path + $0) ?? 0 > 0 }) || (!suffixes.isEmpty && epochs.epochs.count > 1) {
      let place = freePlace
      // The database goes last: while it stands there, its log belongs to the same number.
      for suffix in suffixes {
        guard rename(path + suffix, place + suffix) == 0 else { throw JournalError.unusable(place + suffix, errno) }
      }
      aside = place
    }
    unlink(path + "-shm")
    guard rename(finished, path) == 0 else { throw JournalError.unusable(path, errno) }
    try Self.sync(directory)
    return aside
  }

  private var freePlace: String {
    var number = 1
    while Self.size("\(path).damaged-\(number)") != nil { number += 1 }
    return "\(path).damaged-\(number)"
  }

  private var directory: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// nil where there is nothing.
  private static func size(_ path: String) -> Int? {
    var info = stat()
    return lstat(path, &info) == 0 ? Int(info.st_size) : nil
  }

  private static func sync(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JournalError.unusable(path, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw JournalError.unusable(path, errno) }
  }
}

extension DatabaseImage {
  /// The epoch as the table `meta` has it.
  var epoch: String? {
    var found: String?
    guard let root = tables()["meta"] else { return nil }
    try? walk(root) { record in
      if record.values.first == .text("epoch"), record.values.count == 2, case .text(let text) = record.values[1] {
        found = text
      }
      return found == nil
    }
    return found
  }
}
