// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import Gateway
import Glibc
import Logging

/// `vigild --config FILE [--check]`: two options, so no parser is worth its memory here.
@main
enum Vigild {
  /// sysexits(3)
  private enum Exit {
    static let usage: Int32 = 2
    static let failed: Int32 = 1
    static let configuration: Int32 = 78
  }

  static func main() async {
    // Whoever sends one of these does not mean a stop without writing what waits.
    for ignored in [SIGHUP, SIGUSR1, SIGUSR2, SIGALRM] { signal(ignored, SIG_IGN) }
    var path = "/etc/vigil/vigil.yaml"
    var checksOnly = false
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      switch argument {
      case "--config":
        guard let value = arguments.popFirst() else { fail("--config needs a file", Exit.usage) }
        path = value
      case "--check": checksOnly = true
      case "--version":
        say("vigild \(Version.current)", to: STDOUT_FILENO)
        return
      case "--help", "-h":
        say("usage: vigild [--config FILE] [--check]\nThe default FILE is /etc/vigil/vigil.yaml.", to: STDOUT_FILENO)
        return
      default:
        fail("unknown argument '\(argument)'\nusage: vigild [--config FILE] [--check]", Exit.usage)
      }
    }
    do {
      let configuration = try Daemon.configuration(at: path)
      if checksOnly {
        _ = try Daemon.catalog(in: configuration.profiles)
        say("\(path): good", to: STDOUT_FILENO)
        return
      }
      let level = Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info
      let log = Logger(label: "vigild") { SystemLogHandler(label: $0, level: level) }
      try await Daemon.run(configuration, clock: SystemClock.start(), log: log)
    } catch {
      fail("\(error)", Daemon.isConfigurationError(error) ? Exit.configuration : Exit.failed)
    }
  }

  private static func fail(_ message: String, _ code: Int32) -> Never {
    say("vigild: \(message)", to: STDERR_FILENO)
    exit(code)
  }

  private static func say(_ message: String, to descriptor: Int32) {
    let line = Array("\(message)\n".utf8)
    _ = write(descriptor, line, line.count)
  }
}
