// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials
import Glibc

// libFuzzer's own `main` calls these two. tools/fuzz says by the environment what is to be done, because libFuzzer hands
// its arguments, and only those, on to the processes that it starts.

/// `VIGIL_FUZZ_SEEDS=FOLDER` writes a folder of seeds for each target there and ends.
/// `VIGIL_FUZZ_TARGET=NAME` is the target that is to be run.
/// `VIGIL_PROFILES=FOLDER` is where the device profiles are.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
  _ count: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  let environment = ProcessInfo.processInfo.environment
  do {
    if let folder = environment["VIGIL_FUZZ_SEEDS"] {
      try Seeds.write(to: folder)
      exit(0)
    }
    guard selected.run != nil else {
      throw ToolError("there is no target '\(environment["VIGIL_FUZZ_TARGET"] ?? "")'")
    }
  } catch {
    FileHandles.say("vigil-fuzz: \(error)")
    exit(2)
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  selected.run?(Array(UnsafeBufferPointer(start: data, count: data == nil ? 0 : size)))
  return 0
}

/// The target of this process.
private let selected = Selection()

private struct Selection: Sendable {
  let run: (@Sendable ([UInt8]) -> Void)?

  init() {
    let name = ProcessInfo.processInfo.environment["VIGIL_FUZZ_TARGET"] ?? ""
    do {
      run = try FuzzTarget.named(name)?.run
    } catch {
      FileHandles.say("vigil-fuzz: \(error)")
      run = nil
    }
  }
}
