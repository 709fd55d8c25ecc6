// SPDX-License-Identifier: GPL-3.0-or-later
import Testing
import Texts

/// Every error gets the sentence that is meant for it, and an unknown one shows what it was.
@Suite struct FailureTextsTests {
  @Test(arguments: [
    ("org.freedesktop.DBus.Error.ServiceUnknown", "", "systemctl start vigild"),
    ("org.freedesktop.DBus.Error.NameHasNoOwner", "Could not activate remote peer", "systemctl start vigild"),
    ("org.freedesktop.DBus.Error.AccessDenied", "Rejected send message", "vigil-tech"),
    ("org.freedesktop.DBus.Error.NoReply", "Method call timed out", "in time"),
    ("org.freedesktop.DBus.Error.NoReply", "Connection terminated", "was lost"),
    ("org.freedesktop.DBus.Error.TimedOut", "Failed to activate service 'org.vigil.Gateway1': timed out", "be started"),
    ("org.freedesktop.DBus.Error.Spawn.ExecFailed", "", "be started (Spawn.ExecFailed)"),
    ("org.freedesktop.DBus.Error.Spawn.ChildExited", "", "journalctl"),
    ("org.freedesktop.systemd1.NoSuchUnit", "", "enable --now"),
    ("org.freedesktop.systemd1.UnitMasked", "", "unmask"),
    ("org.freedesktop.systemd1.Job", "", "journalctl"),
    ("org.freedesktop.DBus.Error.Disconnected", "", "was lost"),
    ("org.freedesktop.DBus.Error.LimitsExceeded", "", "Too many"),
    ("org.freedesktop.DBus.Error.UnknownMethod", "", "older"),
    ("org.freedesktop.DBus.Error.UnknownObject", "", "older"),
    ("org.freedesktop.DBus.Error.InvalidArgs", "bad type", "bad type"),
    ("org.vigil.Error.NotFound", "no enrolled device d-9", "vigilctl devices"),
    ("org.vigil.Error.InvalidAddress", "not a Bluetooth address", "F5:F1"),
    ("org.vigil.Error.InvalidResident", "not a resident's id", "resident's id"),
    ("org.vigil.Error.TooMany", "4 scans are running", "Too many"),
    ("System.Error.NotConnected", "", "was lost"),
    ("System.Error.ECONNRESET", "", "was lost"),
    ("System.Error.110", "", "in time"),
    ("org.bluez.Error.NotReady", "Resource Not Ready", "power on"),
    ("org.example.New", "odd", "odd (org.example.New)"),
    ("org.vigil.Error.New", "odd", "odd (org.vigil.Error.New)"),
    ("org.example.New", "", "org.example.New"),
  ])
  func ofTheDaemon(name: String, detail: String, words: String) {
    expect(DaemonTexts.failure(name: name, detail: detail), words)
  }

  @Test(arguments: [
    ("System.Error.2", "start dbus"), ("System.Error.ECONNREFUSED", "start dbus"), ("System.Error.13", "root"),
    ("System.Error.111", "start dbus"),
    ("org.freedesktop.DBus.Error.NoReply", "hung up"), ("System.Error.104", "hung up"), ("System.Error.99", "odd"),
    ("System.Error.", "odd"), ("org.freedesktop.DBus.Error.Failed", "odd"),
  ])
  func ofTheBus(name: String, words: String) {
    expect(DaemonTexts.noBus(name: name, detail: "odd"), words)
    expect(DaemonTexts.noBus(name: "System.Error.2", detail: "odd", address: "unix:path=/x"), "(unix:path=/x)")
  }

  @Test(arguments: [
    ("AuthenticationFailed", "Authentication Failed", "six digits"), ("AuthenticationCanceled", "", "broken off"),
    ("AuthenticationTimeout", "", "too long"), ("AlreadyExists", "Already Paired", "bluetoothctl remove"),
    ("InProgress", "Operation already in progress", "busy"), ("NotReady", "Resource Not Ready", "power on"),
    ("NotConnected", "", "not connected"), ("NotSupported", "", "supported"), ("DoesNotExist", "", "not see"),
    ("NotPermitted", "", "anew"), ("InvalidArguments", "odd", "odd"), ("ConnectionAttemptFailed", "", "not answer"),
    ("Failed", "Operation already in progress", "busy"), ("Failed", "le-connection-abort-by-local", "not answer"),
    ("Failed", "br-connection-canceled", "busy"), ("Failed", "Input/output error", "power on"),
    ("Failed", "Not connected", "not connected"), ("Failed", "No discovery started", "ended"),
    ("Failed", "No notify session started", "ended"), ("Failed", "Operation failed with ATT error: 0x0e", "0x0e"),
    ("Failed", "le-connection-concurrent-connection-limit", "no room"),
    ("Failed", "odd", "odd (org.bluez.Error.Failed)"),
    ("New", "odd", "odd (org.bluez.Error.New)"), ("Failed", "le-connection-odd", "le-connection-odd"),
  ])
  func ofBluetooth(code: String, message: String, words: String) {
    let name = "org.bluez.Error." + code
    let text = BluetoothTexts.failure(name: name, message: message)
    expect(text, words)
    #expect(BluetoothTexts.failure(described: message.isEmpty ? "(\(name))" : "\(message) (\(name))") == text)
  }

  @Test(arguments: ["", "(", ")", "odd", "odd (perhaps)", "odd (org."])
  func anyBluetoothErrorIsShown(described: String) {
    expect(BluetoothTexts.failure(described: described), described)
  }

  @Test(arguments: [
    ("refused by the broker: Not authorized", "register"),
    ("refused by the broker: Bad User Name or Password", "password"),
    ("mqtt.example: Name or service not known", "spelling"), ("Connection refused", "port"),
    ("Network is unreachable", "cable"), ("Connection timed out", "firewall"),
    ("the broker does not answer", "firewall"),
    ("connection lost", "nothing is lost"), ("a certificate or key file cannot be read", "rights"),
    ("A TLS error occurred. (OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed)", "not trusted"),
    ("Protocol error (Error: host name verification failed.)", "another name"), ("A TLS error occurred.", "8883"),
    ("Session taken over", "same id"), ("Server busy", "busy"), ("odd", "odd"),
  ])
  func ofTheBroker(reason: String, words: String) {
    expect(BrokerTexts.failure(reason: reason), words)
  }

  @Test(arguments: [
    ("No such file or directory", "no file"), ("Permission denied", "root"),
    ("cannot be read (is it a directory?)", "directory"),
    ("larger than 1 MiB", "1 MiB"), ("is not UTF-8 text", "UTF-8"), ("no device profiles (*.yaml) there", "--profiles"),
    ("Too many open files", "too many files"), ("odd", "odd"),
  ])
  func ofAFile(reason: String, words: String) {
    let text = FileTexts.failure(path: "/etc/x", reason: reason)
    expect(text, words)
    #expect(text.zh.contains("/etc/x") && text.en.contains("/etc/x"))
  }

  @Test(arguments: [
    ("missing key 'broker'", "缺少 broker"), ("unknown key 'hots', known: host, port", "不认识 hots，可写的有：host, port"),
    ("70000 is outside 1 to 65535", "70000 不在 1 到 65535 之间"), ("expected a list, found a single value", "应为列表，现为单个值"),
    ("expected a whole number from 1 to 9, found 'x'", "应为 1 到 9 的整数，现为'x'"),
    ("did not find expected ',' or ']'", "did not find expected ',' or ']'"),
  ])
  func ofADocument(message: String, words: String) {
    let text = DocumentTexts.failure(place: "a.yaml:2:9", key: "broker", message: message)
    #expect(text.en == "A file is wrong, correct it: a.yaml:2:9: broker: " + message)
    #expect(text.zh == "文件内容有误，请更正。a.yaml:2:9：broker：" + words)
    #expect(
      DocumentTexts.failure(place: "a.yaml:1:1", key: "", message: message).zh == "文件内容有误，请更正。a.yaml:1:1：" + words)
  }

  private func expect(_ text: Text, _ words: String) {
    #expect(text.en.contains(words), "\(text.en)")
    // Names and numbers stand in both; sentences are in their own language.
    #expect(text.zh.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(text.zh)")
    #expect(text.en.unicodeScalars.allSatisfy { $0.isASCII }, "\(text.en)")
  }
}
