// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import Gateway
import Glibc
import Texts

struct ProfilesCheck: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "check", abstract: ProfileCheckTexts.abstract.here, discussion: ProfileCheckTexts.discussion.here)
  }

  @Argument(help: ProfileCheckTexts.directories.help) var directories: [String] = []
  @Option(help: ProfileCheckTexts.known.help) var profiles: [String] = Profiles.directories
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await Failure.reported {
      let check = check()
      if common.json {
        for finding in check.findings { try Self.write(FindingLine(finding)) }
        try Self.write(ResultLine(check))
      } else {
        for finding in check.findings { Self.say(Layout.plain(finding.text.here)) }
        Terminal.out(
          ProfileCheckTexts.result(
            files: check.fileCount, profiles: check.profileCount, vectors: check.vectorCount,
            findings: check.findings.count))
      }
      if !check.findings.isEmpty { throw ExitCode.failure }
    }
  }

  /// A line each; in whole words where a person reads it as it comes.
  private static func say(_ line: String) {
    guard Terminal.isInteractive else { return Terminal.out(line) }
    for part in Layout.wrapped(line, to: Terminal.readableColumns, indent: 2) { Terminal.out(part) }
  }

  /// All files of what is to be checked; of the gateway's own what else there is beside them.
  private func check() -> ProfileCheck {
    var check = ProfileCheck()
    var checked: Set<String> = []
    for directory in directories.isEmpty ? profiles : directories {
      let paths = Self.files(at: directory)
      if paths.isEmpty, !directories.isEmpty { check.addMissing(directory) }
      for path in paths where checked.insert(Self.resolved(path)).inserted { check.add(file(path)) }
    }
    if checked.isEmpty, directories.isEmpty { check.addMissing(profiles.joined(separator: ", ")) }
    for path in profiles.flatMap({ Self.files(at: $0) }) where checked.insert(Self.resolved(path)).inserted {
      check.addKnown(file(path))
    }
    check.finish()
    return check
  }

  private func file(_ path: String) -> ProfileCheck.File {
    let place = Self.resolved(path)
    let isInstalled = profiles.contains { place.hasPrefix(Self.resolved($0) + "/") }
    do {
      return ProfileCheck.File(path: path, content: .success(try TextFile.read(path)), isInstalled: isInstalled)
    } catch {
      return ProfileCheck.File(path: path, content: .failure(error), isInstalled: isInstalled)
    }
  }

  private static func files(at path: String) -> [String] {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if path.hasSuffix(".yaml"), opendirFails(path), TextFile.exists(path) { return [path] }
    return TextFile.files(below: path, ending: ".yaml")
  }

  private static func opendirFails(_ path: String) -> Bool {
    guard let handle = opendir(path) else { return true }
    closedir(handle)
    return false
  }

  /// The same for all ways to write it.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  // MARK: for programs, in English

  private static func write(_ line: some Encodable) throws {
    Terminal.out(String(decoding: try JSONText.encode(line), as: UTF8.self))
  }

  private struct FindingLine: Encodable {
    let file: String
    let line: Int
    let column: Int
    let kind: String
    let what: String
    let next: String

    init(_ finding: ProfileCheck.Finding) {
      file = finding.file
      line = finding.mark.line
      column = finding.mark.column
      kind = finding.kind.rawValue
      what = finding.what.en
      next = finding.next.en
    }
  }

  private struct ResultLine: Encodable {
    let files: Int
    let profiles: Int
    let vectors: Int
    let findings: Int
    let ok: Bool

    init(_ check: ProfileCheck) {
      files = check.fileCount
      profiles = check.profileCount
      vectors = check.vectorCount
      findings = check.findings.count
      ok = check.findings.isEmpty
    }
  }
}
