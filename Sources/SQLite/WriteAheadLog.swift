// SPDX-License-Identifier: GPL-3.0-or-later
import CSQLite

/// A write-ahead log as its octets stand in the file (https://sqlite.org/fileformat2.html#walformat).
///
/// SQLite takes the first frame that does not fit for the end of the log and goes on without a word: right after a power
/// cut, which tears the last transaction only, and wrong for a damaged octet in the middle, which would take committed
/// transactions with it. The difference shows here: a transaction behind the one that does not fit was begun after
/// that was committed; and a single wrong word is found by the checksum, which mends it where it can only be that one.
package struct WriteAheadLog {
  static let headerSize = 32
  static let frameHeaderSize = 24
  private static let magic: UInt32 = 0x377f_0682
  private static let version: UInt32 = 3_007_000

  /// Where the latest committed content of each page stands in the file.
  private(set) var pages: [UInt32: Int] = [:]
  /// The pages that the database has with this log, where it has a commit.
  private(set) var pageCount: UInt32?
  /// Why SQLite would lose committed transactions with it; nil for one that is in order or torn at its end.
  package private(set) var damage: String?
  /// Pages of it are missing: what is read with it is older in some places than in others.
  package private(set) var hasHoles = false
  /// A page that the checksum has mended: where it stands in the file, and what belongs there.
  private(set) var mended: (offset: Int, page: [UInt8])?

  /// The page size that a log's header proves.
  static func pageSize(of file: OctetFile) -> Int? {
    guard let header = Header(file), header.isWhole, (512...65_536).contains(header.pageSize),
      header.pageSize & (header.pageSize - 1) == 0
    else { return nil }
    return header.pageSize
  }

  init(_ file: OctetFile, pageSize: Int) {
    let frameSize = Self.frameHeaderSize + pageSize
    guard let header = Header(file), file.size >= Self.headerSize + frameSize else { return }
    var reader = FrameReader(file: file, header: header, pageSize: pageSize)
    if !header.isWhole || header.pageSize != pageSize {
      // Its header is on the disk before the first frame is.
      damage = "the header of its log is damaged"
      reader.salts = file.read(at: Self.headerSize, count: frameSize).map { Array($0[8..<16]) } ?? []
    }
    var whole: [(page: UInt32, offset: Int)] = []
    var isBroken = damage != nil
    var firstCommitBehind: Int?
    for index in 0..<((file.size - Self.headerSize) / frameSize) {
      guard var frame = reader.next(index) else {
        isBroken = true
        continue
      }
      if !frame.fits, !isBroken {
        switch reader.mend(frame) {
        case .torn: break
        case .somewhere:
          damage = "a word of its log is damaged"
          hasHoles = true
        case .mended(let right):
          damage = "a word of its log is damaged"
          mended = (right.offset, Array(right.octets[Self.frameHeaderSize...]))
          frame = right
        }
      }
      let fits = frame.fits
      if !fits { isBroken = true }
      if isBroken, let firstCommitBehind, fits, index > firstCommitBehind, damage == nil {
        damage = "its log is damaged in the middle"
      }
      if isBroken, firstCommitBehind == nil, frame.hasSalts, frame.commits { firstCommitBehind = index }
      guard fits else { continue }
      whole.append((frame.page, frame.offset))
      // Behind a break it counts only where the log turns out to be damaged, and not torn.
      guard frame.commits, !isBroken || damage != nil else { continue }
      if isBroken { hasHoles = true }
      for (page, offset) in whole { pages[page] = offset }
      pageCount = frame.pagesAfter
      whole = []
    }
  }

  struct Header {
    let octets: [UInt8]
    let isBig: Bool
    let isWhole: Bool
    let pageSize: Int
    var salts: [UInt8] { Array(octets[16..<24]) }
    var sums: [UInt32] { [octets.big32(24) ?? 0, octets.big32(28) ?? 0] }

    init?(_ file: OctetFile) {
      guard let octets = file.read(at: 0, count: WriteAheadLog.headerSize) else { return nil }
      let magic = octets.big32(0) ?? 0
      var sums: [UInt32] = [0, 0]
      vigil_log_checksum(octets, 24, Int32(magic & 1), &sums)
      self.octets = octets
      isBig = magic & 1 == 1
      pageSize = Int(octets.big32(8) ?? 0)
      isWhole =
        magic & ~1 == WriteAheadLog.magic && octets.big32(4) == WriteAheadLog.version
        && sums == [octets.big32(24) ?? 0, octets.big32(28) ?? 0]
    }
  }

  struct Frame {
    let octets: [UInt8]
    /// Of the page's content in the file.
    let offset: Int
    let hasSalts: Bool
    /// What the checksum came to.
    let sums: [UInt32]
    var stored: [UInt32] { [octets.big32(16) ?? 0, octets.big32(20) ?? 0] }
    var fits: Bool { hasSalts && sums == stored }
    var page: UInt32 { octets.big32(0) ?? 0 }
    var pagesAfter: UInt32 { octets.big32(4) ?? 0 }
    /// The last of its transaction.
    var commits: Bool { pagesAfter != 0 }

    /// With that word made smaller.
    func octets(_ at: Int, less error: UInt32, _ isBig: Int32) -> [UInt8] {
      var octets = octets
      let wrong = octets.withUnsafeBufferPointer { all in all.baseAddress.map { vigil_log_word($0 + at, isBig) } ?? 0 }
      let word = isBig == 1 ? (wrong &- error).bigEndian : (wrong &- error).littleEndian
      octets.replaceSubrange(at..<at + 4, with: withUnsafeBytes(of: word) { Array($0) })
      return octets
    }

    func with(_ octets: [UInt8], _ sums: [UInt32]) -> Frame {
      Frame(octets: octets, offset: offset, hasSalts: true, sums: sums)
    }

    func storing(_ sums: [UInt32]) -> Frame {
      var octets = octets
      octets.replaceSubrange(16..<24, with: sums.flatMap { sum in withUnsafeBytes(of: sum.bigEndian) { Array($0) } })
      return Frame(octets: octets, offset: offset, hasSalts: true, sums: sums)
    }
  }

  /// Reads frames in order; each one's checksum goes on from what the one before has stored.
  struct FrameReader {
    let file: OctetFile
    let isBig: Int32
    let pageSize: Int
    var salts: [UInt8]
    private var before: [UInt32]
    private var afterMending: [UInt32]?

    init(file: OctetFile, header: Header, pageSize: Int) {
      self.file = file
      isBig = header.isBig ? 1 : 0
      self.pageSize = pageSize
      salts = header.salts
      before = header.sums
    }

    /// - Returns: nil for one that cannot be read from the disk.
    mutating func next(_ index: Int) -> Frame? {
      let size = frameHeaderSize + pageSize
      let start = headerSize + index * size
      guard let octets = file.read(at: start, count: size) else { return nil }
      var sums = afterMending ?? before
      afterMending = nil
      vigil_log_checksum(octets, 8, isBig, &sums)
      octets.withUnsafeBufferPointer { all in
        if let base = all.baseAddress { vigil_log_checksum(base + frameHeaderSize, pageSize, isBig, &sums) }
      }
      let frame = Frame(
        octets: octets, offset: start + frameHeaderSize, hasSalts: Array(octets[8..<16]) == salts, sums: sums)
      before = frame.stored
      return frame
    }

    enum Mending {
      /// More than a word is wrong.
      case torn
      /// A word is wrong, and it could be one of several: the higher a bit, the less the checksum says of its place.
      case somewhere
      case mended(Frame)
    }

    /// Whether a single wrong octet explains why a frame does not fit.
    mutating func mend(_ frame: Frame) -> Mending {
      let stored = frame.stored
      // The checksum does not cover the salts. What an older log has left here would not fit.
      if frame.sums == stored { return .mended(frame.with(frame.octets, stored)) }
      guard frame.hasSalts else { return .torn }
      if frame.sums[0] == stored[0] || frame.sums[1] == stored[1] {
        // One word of the stored checksum itself. Chance does this once in two thousand million times.
        afterMending = frame.sums
        return .mended(frame.storing(frame.sums))
      }
      let (first, second) = (frame.sums[0] &- stored[0], frame.sums[1] &- stored[1])
      // What an error of 1 in an even and in an odd word comes to at the end, from the last pair of words backwards.
      var even: (UInt32, UInt32) = (1, 1)
      var odd: (UInt32, UInt32) = (0, 1)
      var found: [[UInt8]] = []
      for pair in (0..<(8 + pageSize) / 8).reversed() {
        for (word, effect) in [(2 * pair, even), (2 * pair + 1, odd)] {
          guard let error = Self.error(effect, first, second) else { continue }
          // The first two words are in the frame's header, before the salts and the checksum.
          let octets = frame.octets(word < 2 ? word * 4 : frameHeaderSize + (word - 2) * 4, less: error, isBig)
          found.append(octets)
        }
        even = (even.0 &+ even.1, even.0 &+ 2 &* even.1)
        odd = (odd.0 &+ odd.1, odd.0 &+ 2 &* odd.1)
      }
      guard let only = found.first else { return .torn }
      return found.count == 1 ? .mended(frame.with(only, stored)) : .somewhere
    }

    /// The error that, times its effect, is both differences; of two neighbours in Fibonacci's row one is odd.
    private static func error(_ effect: (UInt32, UInt32), _ first: UInt32, _ second: UInt32) -> UInt32? {
      let error = effect.0 & 1 == 1 ? first &* inverse(effect.0) : second &* inverse(effect.1)
      return error != 0 && error &* effect.0 == first && error &* effect.1 == second ? error : nil
    }

    /// Of an odd number, modulo 2³².
    private static func inverse(_ odd: UInt32) -> UInt32 {
      var inverse = odd
      for _ in 0..<5 { inverse = inverse &* (2 &- odd &* inverse) }
      return inverse
    }
  }
}
