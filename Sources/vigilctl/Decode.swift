// SPDX-License-Identifier: GPL-3.0-or-later
import ArgumentParser
import DeviceProfiles
import Gateway
import Texts

struct Decode: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(abstract: DecodeTexts.abstract.here, discussion: DecodeTexts.discussion.here)
  }

  @Option(help: DecodeTexts.characteristic.help) var characteristic: String
  @Option(help: DecodeTexts.profile.help) var profile: String?
  @Option(help: DecodeTexts.feature.help) var feature: String?
  @Option(help: DecodeTexts.profiles.help) var profiles: [String] = Profiles.directories
  @OptionGroup var common: CommonOptions
  @Argument(help: DecodeTexts.values.help) var values: [String] = []

  /// What is written at once; one line may be longer.
  private static let outputChunk = 1 << 16

  func validate() throws {
    guard ValueSource.canonical(characteristic) != nil else {
      throw ValidationError(DecodeTexts.notACharacteristic.here)
    }
    if let feature, Octets.parse(feature) == nil { throw ValidationError(DecodeTexts.featureNotHexadecimal.here) }
  }

  func run() async throws {
    try await Failure.reported {
      var answers = try answers(from: Daemon.catalog(in: profiles))
      guard values.isEmpty else {
        for value in values { Terminal.out(answers.line(for: value)) }
        return
      }
      var lines = InputLines()
      // Written when there is much of it, and before whoever writes the values lets us wait.
      var output = ""
      // What was answered before a fault of the input stays answered.
      defer { Terminal.write(output, to: Terminal.standardOutput) }
      while true {
        if !output.isEmpty, output.utf8.count >= Self.outputChunk || !lines.isReady {
          Terminal.write(output, to: Terminal.standardOutput)
          output.removeAll(keepingCapacity: true)
        }
        guard let line = try lines.next() else { return }
        if !line.isEmpty { output += answers.line(for: line) + "\n" }
      }
    }
  }

  private func answers(from catalog: ProfileCatalog) throws -> DecodeAnswers {
    let found = try Self.choose(characteristic, of: profile, in: catalog)
    return DecodeAnswers(
      characteristic: found.characteristic, profile: found.profile, feature: feature.flatMap(Octets.parse))
  }

  /// Without an id the profile that asks for least of a device; what is based on it only differs for some.
  ///
  /// - Throws: ``Failure`` where none has it, or several do and nothing says which is meant.
  static func choose(
    _ characteristic: String, of id: String?, in catalog: ProfileCatalog
  ) throws -> (profile: DeviceProfile, characteristic: CharacteristicProfile) {
    if let id {
      if let found = catalog.find(characteristic: characteristic, among: [id]) { return found }
      guard catalog.profile(id: id) != nil else { throw Failure(DecodeTexts.noProfile(id)) }
      throw Failure(DecodeTexts.profileLacks(characteristic, profile: id))
    }
    let having = catalog.profiles.filter { catalog.find(characteristic: characteristic, among: [$0.id]) != nil }
    let ids = Set(having.map(\.id))
    let origins = having.filter { !ids.contains($0.basedOn ?? "") }
    // A profile that matches no device by itself is there for others; it asks for least of all.
    let least = origins.map(\.match.specificity).min()
    let candidates = origins.filter { $0.match.specificity == least }
    guard let only = candidates.first else { throw Failure(DecodeTexts.noneHas(characteristic)) }
    guard candidates.count == 1 else {
      throw Failure(DecodeTexts.severalHave(characteristic, profiles: candidates.map(\.id).joined(separator: ", ")))
    }
    guard let found = catalog.find(characteristic: characteristic, among: [only.id]) else {
      throw Failure(DecodeTexts.noneHas(characteristic))
    }
    return found
  }
}
