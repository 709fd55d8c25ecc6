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
}
