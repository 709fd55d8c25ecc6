// SPDX-License-Identifier: GPL-3.0-or-later
import DeviceProfiles
import Document
import Gateway
import Texts

/// What is wrong with files of profiles, all of it.
///
/// The gateway reads all its directories together, so profiles are held against those that it has already: one of these
/// may be a base, must not have the same id, and must not compete for a device. A file from elsewhere takes the place of
/// an installed one with its id: it is the next version of it.
struct ProfileCheck {
  struct File {
    let path: String
    let content: Result<String, FileError>
    /// It lies where the gateway reads its profiles.
    let isInstalled: Bool
  }

  struct Finding {
    enum Kind: String {
      case file, profile, vector, overlap
      case sameID = "same-id"
    }

    let file: String
    let mark: Mark
    let kind: Kind
    let what: Text
    let next: Text

    var text: Text { ProfileCheckTexts.finding(place: "\(file):\(mark)", what, next: next) }
  }

  private struct Candidate {
    var profile: DeviceProfile
    let isChecked: Bool
    let isInstalled: Bool
  }

  private(set) var findings: [Finding] = []
  private(set) var fileCount = 0
  private(set) var profileCount = 0
  private(set) var vectorCount = 0
  private var candidates: [Candidate] = []
  /// Ids of profiles that cannot be read: whoever is based on one is not to blame.
  private var brokenIDs: Set<String> = []

  // MARK: files

  mutating func addMissing(_ path: String) {
    add(
      Finding(
        file: path, mark: Mark(line: 1, column: 1), kind: .file, what: ProfileCheckTexts.nothingThere,
        next: ProfileCheckTexts.checkPath))
  }

  /// A file to be checked.
  mutating func add(_ file: File) {
    fileCount += 1
    switch load(file) {
    case .success(let profile):
      profileCount += 1
      candidates.append(Candidate(profile: profile, isChecked: true, isInstalled: file.isInstalled))
    case .failure(let finding): add(finding)
    }
  }

  /// A file that the gateway has besides. What is wrong with it is not asked here.
  mutating func addKnown(_ file: File) {
    guard case .success(let profile) = load(file) else { return }
    let isReplaced = candidates.contains { $0.isChecked && !$0.isInstalled && $0.profile.id == profile.id }
    if !isReplaced { candidates.append(Candidate(profile: profile, isChecked: false, isInstalled: true)) }
  }

  private struct Rejection: Error { let finding: Finding }

  private mutating func load(_ file: File) -> Result<DeviceProfile, Rejection> {
    switch file.content {
    case .failure(let error):
      let finding = Finding(
        file: error.path, mark: Mark(line: 1, column: 1), kind: .file,
        what: ProfileCheckTexts.unreadable(reason: error.reason), next: ProfileCheckTexts.checkFile)
      return .failure(Rejection(finding: finding))
    case .success(let text):
      do {
        return .success(try ProfileLoader.load(text, file: file.path))
      } catch {
        if let id = Self.id(in: text) { brokenIDs.insert(id) }
        return .failure(Rejection(finding: Self.finding(error)))
      }
    }
  }

  private mutating func add(_ rejection: Rejection) { add(rejection.finding) }

  private mutating func add(_ finding: Finding) { findings.append(finding) }

  private static func finding(_ error: DocumentError) -> Finding {
    Finding(
      file: error.file, mark: error.mark, kind: .profile,
      what: DocumentTexts.what(key: error.path, message: error.message),
      next: ProfileCheckTexts.remedy(for: error.message)
    )
  }

  /// The id that stands in a document with other faults.
  private static func id(in text: String) -> String? {
    guard let root = try? YAML.parse(text, file: ""), let entries = try? root.entries else { return nil }
    return entries.first { $0.key == "id" }.flatMap { try? $0.value.string }
  }

  // MARK: what profiles are to each other

  /// To be called when all files are there.
  mutating func finish() {
    checkIDs()
    for index in candidates.indices { resolve(index) }
    for candidate in candidates where candidate.isChecked { checkVectors(of: candidate.profile) }
    checkOverlaps()
    findings.sort { ($0.file, $0.mark.line, $0.mark.column) < ($1.file, $1.mark.line, $1.mark.column) }
  }

  /// Of two with the same id the second is at fault, and left out.
  private mutating func checkIDs() {
    var first: [String: Candidate] = [:]
    var kept: [Candidate] = []
    // Those that the gateway has already come first: what is checked is the newcomer.
    for candidate in candidates.filter({ !$0.isChecked }) + candidates.filter(\.isChecked) {
      guard let other = first[candidate.profile.id] else {
        first[candidate.profile.id] = candidate
        kept.append(candidate)
        continue
      }
      guard candidate.isChecked else { continue }
      add(
        Finding(
          file: candidate.profile.file, mark: candidate.profile.idMark, kind: .sameID,
          what: ProfileCheckTexts.sameID(candidate.profile.id, file: other.profile.file),
          next: ProfileCheckTexts.otherID))
    }
    candidates = kept
  }

  /// Adds what it takes over from its base. One that cannot do so keeps what it has.
  private mutating func resolve(_ index: Int) {
    let candidate = candidates[index]
    guard let baseID = candidate.profile.basedOn else { return }
    let base = candidates.first { $0.profile.id == baseID && $0.profile.file != candidate.profile.file }
    if base == nil, brokenIDs.contains(baseID) { return }
    do {
      let catalog = try ProfileCatalog([candidate.profile] + (base.map { [$0.profile] } ?? []))
      if let whole = catalog.profile(id: candidate.profile.id) { candidates[index].profile = whole }
    } catch {
      if candidate.isChecked { add(Self.finding(error)) }
    }
  }

  private mutating func checkVectors(of profile: DeviceProfile) {
    for characteristic in profile.readings {
      for vector in characteristic.vectors {
        vectorCount += 1
        guard let mismatch = vector.mismatch(as: characteristic, of: profile) else { continue }
        add(
          Finding(
            file: profile.file, mark: vector.mark, kind: .vector,
            what: ProfileCheckTexts.wrongVector(mismatch, of: characteristic.uuid, about: vector.about),
            next: ProfileCheckTexts.correctVector))
      }
    }
  }

  private mutating func checkOverlaps() {
    let sorted = candidates.sorted { ($0.isChecked ? 1 : 0, $0.profile.id) < ($1.isChecked ? 1 : 0, $1.profile.id) }
    for (index, later) in sorted.enumerated() where later.isChecked {
      for earlier in sorted[..<index] {
        let shared = Self.contested(later.profile, earlier.profile)
        guard !shared.isEmpty else { continue }
        add(
          Finding(
            file: later.profile.file, mark: later.profile.idMark, kind: .overlap,
            what: ProfileCheckTexts.overlap(
              with: earlier.profile.id, file: earlier.profile.file, characteristics: shared.joined(separator: ", ")),
            next: ProfileCheckTexts.tellApart))
      }
    }
  }

  /// What two profiles would both store for one device, though nothing says which of them counts. What is information only
  /// in one of them is stored once.
  static func contested(_ a: DeviceProfile, _ b: DeviceProfile) -> [String] {
    guard a.basedOn != b.id, b.basedOn != a.id, a.match.isTied(with: b.match) else { return [] }
    func stored(by profile: DeviceProfile) -> Set<String> {
      Set(profile.readings.filter { $0.use == .reading }.flatMap { [$0.uuid] + $0.also })
    }
    return stored(by: a).intersection(stored(by: b)).sorted()
  }
}
