// SPDX-License-Identifier: GPL-3.0-or-later
import EventLoop
import Glibc

/// A picture on the whole terminal that is drawn again when it changes: `scan` and `watch`.
///
/// Ctrl-C is how a person ends it: the terminal is as it was before, the last picture stays on it, and the command ends
/// with exit code 0. Ctrl-Z and `fg` work.
actor LiveScreen {
  /// Lays a picture out for a size. It is called on the screen's thread, again whenever the size changes; lines and
  /// columns that do not fit are cut off.
  typealias Picture = @Sendable (_ columns: Int, _ lines: Int) -> [String]

  nonisolated let loop: EventLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private var signals: SignalWatch?
  private var picture: Picture?
  /// The lines on the terminal, nil while the terminal is not ours.
  private var shown: [String]?
  /// What the terminal does with typed characters when it is not ours.
  private var modes: termios?
  private var onKeys: (@Sendable ([ScreenKey]) -> Void)?
  private var input: EventSource?

  /// Whether there is a terminal that can show one; a command prints lines otherwise.
  static var isPossible: Bool {
    guard Terminal.isInteractive, let term = getenv("TERM") else { return false }
    return !["", "dumb"].contains(String(cString: term))
  }

  /// Runs with the terminal in its hands and gives it back however the operation ends, before an error is thrown on.
  static func use<T: Sendable>(_ operation: (LiveScreen) async throws -> T) async throws -> T {
    let screen = LiveScreen(loop: try EventLoop(name: "screen"))
    try await screen.begin()
    do {
      let result = try await operation(screen)
      await screen.end()
      return result
    } catch {
      await screen.end()
      throw error
    }
  }

  /// Shows another picture. Lines that have not changed are not written again.
  func show(_ picture: @escaping Picture) {
    self.picture = picture
    // A command may have come to the foreground since: `fg` of one that runs sends no signal.
    if shown == nil { take() } else { draw() }
  }

  /// From now on keys have a meaning. The picture is drawn anew behind each.
  ///
  /// - Parameter onKeys: called on the screen's thread.
  func listen(_ onKeys: @escaping @Sendable ([ScreenKey]) -> Void) {
    self.onKeys = onKeys
    watchKeys()
  }

  private init(loop: EventLoop) { self.loop = loop }

  private func begin() throws {
    signals = try SignalWatch(
      [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH], on: loop
    ) { [weak self] signal in self?.assumeIsolated { $0.arrived(signal) } }
    take()
  }

  private func end() {
    leave(keepingPicture: true)
    signals = nil
  }

  private func arrived(_ signal: Int32) {
    switch signal {
    case SIGWINCH:
      guard shown != nil else { return }
      // A terminal moves its lines about when its size changes: all of them anew.
      Terminal.write("\u{1B}[2J", to: STDOUT_FILENO)
      shown = []
      draw()
    case SIGTSTP:
      leave(keepingPicture: false)
      kill(getpid(), SIGSTOP)
    case SIGCONT:
      take()
    default:
      leave(keepingPicture: true)
      exit(0)
    }
  }

  /// Not in the background (`&`, `bg`): the terminal is the shell's then. On a terminal that controls nobody, as a box's
  /// console may be, there is no background.
  private var isInForeground: Bool {
    let group = tcgetpgrp(STDOUT_FILENO)
    return group < 0 || group == getpgrp()
  }

  private func take() {
    guard signals != nil, shown == nil, isInForeground else { return }
    var old = termios()
    if isatty(STDIN_FILENO) != 0, tcgetattr(STDIN_FILENO, &old) == 0 {
      modes = old
      // Typed characters would be written into the picture. Ctrl-C and Ctrl-Z go on working.
      var quiet = old
      quiet.c_lflag &= ~tcflag_t(ECHO | ICANON)
      tcsetattr(STDIN_FILENO, TCSANOW, &quiet)
    }
    // The alternate screen, cleared; no cursor; a line that is wider than it should be is cut by the terminal.
    Terminal.write("\u{1B}[?1049h\u{1B}[2J\u{1B}[?25l\u{1B}[?7l", to: STDOUT_FILENO)
    shown = []
    draw()
    watchKeys()
  }

  /// Only while the terminal is ours: who reads from the background is stopped.
  private func watchKeys() {
    guard onKeys != nil, shown != nil, modes != nil, input == nil else { return }
    input = try? EventSource.descriptor(STDIN_FILENO, on: loop) { [weak self] _ in
      self?.assumeIsolated { $0.readKeys() }
    }
  }

  private func readKeys() {
    var octets = [UInt8](repeating: 0, count: 64)
    let count = read(STDIN_FILENO, &octets, octets.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count > 0 else {
      input = nil
      return
    }
    onKeys?(ScreenKey.keys(Array(octets.prefix(count))))
    if shown != nil { draw() }
  }

  private func leave(keepingPicture: Bool) {
    if shown != nil {
      Terminal.write("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l", to: STDOUT_FILENO)
      // What was typed meanwhile was not meant for the shell.
      if var modes { tcsetattr(STDIN_FILENO, TCSAFLUSH, &modes) }
    }
    input = nil
    (shown, modes) = (nil, nil)
    if keepingPicture { for line in lines() { Terminal.out(line) } }
  }

  /// The picture for the terminal as it is now.
  private func lines() -> [String] {
    let size = Terminal.size
    guard let picture else { return [] }
    return picture(size.columns, size.lines).prefix(size.lines).map { Layout.cut($0, to: size.columns) }
  }

  /// Erases before it writes: behind a line that fills the last column the erasing would take its end away.
  private func draw() {
    guard let old = shown else { return }
    let new = lines()
    var output = ""
    for row in 0..<max(old.count, new.count) {
      let line = row < new.count ? new[row] : ""
      if row < old.count ? old[row] != line : !line.isEmpty { output += "\u{1B}[\(row + 1);1H\u{1B}[2K" + line }
    }
    if !output.isEmpty { Terminal.write(output, to: STDOUT_FILENO) }
    shown = new
  }
}
