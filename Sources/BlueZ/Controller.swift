// SPDX-License-Identifier: GPL-3.0-or-later
import CBluetooth
import Glibc

/// A controller as the kernel sees it, whatever bluetoothd thinks: from libbluetooth's hci_devinfo.
package struct Controller: Sendable, Equatable {
  /// `hci0`
  package let name: String
  package let address: String
  package let isUp: Bool
  package let isRunning: Bool
  /// What it is plugged into, in libbluetooth's words: `USB`, `UART`, `SDIO`, `Virtual`, `Unknown`.
  package let bus: String
  /// Errors that the driver has counted since the controller came up.
  package let receiveErrors: Int
  package let sendErrors: Int

  /// The controllers of this box, none where the kernel has no Bluetooth.
  package static func all() -> [Controller] {
    (0..<Int32(HCI_MAX_DEV)).compactMap { (number: Int32) -> Controller? in
      var info = hci_dev_info()
      guard hci_devinfo(number, &info) == 0 else { return nil }
      var text = [CChar](repeating: 0, count: 18)
      ba2str(&info.bdaddr, &text)
      return Controller(
        name: "hci\(number)",
        address: String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
        isUp: info.flags & (1 << UInt32(HCI_UP)) != 0,
        isRunning: info.flags & (1 << UInt32(HCI_RUNNING)) != 0,
        // The lower four bits are the bus, the next two the kind of controller.
        bus: hci_bustostr(Int32(info.type & 0x0F)).map { String(cString: $0) } ?? "Unknown",
        receiveErrors: Int(info.stat.err_rx), sendErrors: Int(info.stat.err_tx))
    }
  }

  /// Takes the controller down and up, past bluetoothd, which then sees its power go and come. It needs CAP_NET_ADMIN.
  ///
  /// - Parameter address: bluetoothd's; the index says nothing of which controller it is.
  /// - Returns: an errno, 0 where it worked, ENODEV where the kernel has no such controller.
  static func restart(address: String) async -> Int32 {
    guard let found = all().first(where: { $0.address == address }), let number = Int32(found.name.dropFirst(3)) else {
      return ENODEV
    }
    // The kernel waits for a controller that hangs: on a thread of its own, so that nothing here does.
    return await withCheckedContinuation { continuation in
      let work = Restart(number: number, continuation: continuation)
      let context = Unmanaged.passRetained(work)
      var all = sigset_t()
      var previous = sigset_t()
      // The thread inherits this mask: signals belong to the main thread.
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, &previous)
      defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
      var thread = pthread_t()
      let error = pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          let work = Unmanaged<Restart>.fromOpaque(context).takeRetainedValue()
          work.continuation.resume(returning: vigil_hci_restart(work.number))
          return nil
        }, context.toOpaque())
      guard error == 0 else {
        context.release()
        continuation.resume(returning: error)
        return
      }
      pthread_detach(thread)
    }
  }
}

/// What the thread of a restart is given.
private final class Restart {
  let number: Int32
  let continuation: CheckedContinuation<Int32, Never>

  init(number: Int32, continuation: CheckedContinuation<Int32, Never>) {
    self.number = number
    self.continuation = continuation
  }
}
