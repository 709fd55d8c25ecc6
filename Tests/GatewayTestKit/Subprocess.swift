// SPDX-License-Identifier: GPL-3.0-or-later
import Glibc
import Synchronization

/// A child process, by posix_spawn, with the signals at their defaults and its output in a file.
package struct Subprocess: Sendable {
  package let processID: pid_t

  /// - Parameter program: looked for in PATH and in /usr/sbin.
  package init(_ program: String, _ arguments: [String], output: String = "/dev/null") throws(TestKitError) {
    guard let path = Self.find(program) else {
      throw TestKitError(
        "\(program) is not installed: tools/test installs what the tests need (apt install \(program))")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    // libmosquitto's sockets are not close-on-exec: a child that held one would keep the connection alive.
    for descriptor in Int32(3)..<512 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let words = ([path] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    var processID: pid_t = 0
    let result = posix_spawn(&processID, path, &actions, &attributes, words + [nil], environ)
    guard result == 0 else { throw TestKitError("\(path): \(String(cString: strerror(result)))") }
    self.processID = processID
    Self.endWithUs
    Self.running.withLock { _ = $0.insert(processID) }
  }

  /// What a test leaves running, a world that several tests share, ends with the tests.
  private static let running = Mutex<Set<pid_t>>([])
  private static let endWithUs: Void = {
    atexit { Subprocess.running.withLock { for processID in $0 { kill(processID, SIGKILL) } } }
  }()

  /// Runs a tool to its end.
  /// - Throws: with what it printed, if it fails.
  package static func run(_ program: String, _ arguments: [String], log: String) throws(TestKitError) {
    let status = try Subprocess(program, arguments, output: log).wait()
    guard status == 0 else { throw TestKitError("\(program) failed (\(status)): \(readFile(log))") }
  }

  package func signal(_ signal: Int32) { kill(processID, signal) }

  /// The raw status of waitpid(2), once it has ended.
  @discardableResult
  package func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(processID, &status, 0) == -1, errno == EINTR {}
    forget()
    return status
  }

  /// Whether it has ended; reaps it.
  package func hasEnded() -> Bool {
    guard waitpid(processID, nil, WNOHANG) != 0 else { return false }
    forget()
    return true
  }

  /// Its number may soon be another's.
  private func forget() { Self.running.withLock { _ = $0.remove(processID) } }

  private static func find(_ program: String) -> String? {
    if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    let directories = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
    return directories.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }
}

/// The text of a small file, empty if there is none.
package func readFile(_ path: String) -> String {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return "" }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 1 << 20)
  let count = read(descriptor, &bytes, bytes.count)
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}
