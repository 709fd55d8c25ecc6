// SPDX-License-Identifier: GPL-3.0-or-later

/// `vigil.health/1`: each minute. That it comes is what matters most; of its content a desk shows a little.
package struct HealthMessage: Sendable, Equatable, Decodable {
  package let epoch: String?
  package let version: String?
  package let devices: Int
  package let connectedDevices: Int
  /// Messages that the broker does not have yet.
  package let waiting: Int64
  package let hasBluetooth: Bool
  package let hasStorageError: Bool
  package let knowsTime: Bool

  package init(epoch: String?, devices: Int = 0, connectedDevices: Int = 0, waiting: Int64 = 0) {
    self.epoch = epoch
    self.devices = devices
    self.connectedDevices = connectedDevices
    self.waiting = waiting
    version = nil
    hasBluetooth = true
    hasStorageError = false
    knowsTime = true
  }

  /// Whatever is in it, it is a sign of life.
  package init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder)
    let body = fields.object("health", as: Body.self)
    epoch = fields.id("epoch")
    version = body?.version
    devices = body?.devices.count ?? 0
    connectedDevices = body?.devices.count { $0.state == "connected" } ?? 0
    waiting = body?.queues.reduce(0) { $0 &+ max(0, $1.waiting) } ?? 0
    hasBluetooth = body?.bluetooth ?? true
    hasStorageError = body?.storageError ?? false
    knowsTime = body?.knowsTime ?? true
  }

  private struct Body: Decodable {
    let version: String?
    let devices: [Device]
    let queues: [Queue]
    let bluetooth: Bool?
    let storageError: Bool
    let knowsTime: Bool?

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      version = fields.id("version")
      devices = fields.list("devices", of: Device.self)?.items ?? []
      queues = fields.list("queues", of: Queue.self)?.items ?? []
      bluetooth = fields.object("bluetooth", as: Bluetooth.self)?.works
      storageError = fields.object("storage", as: Storage.self)?.hasError ?? false
      knowsTime = fields.flag("wallClockKnown")
    }
  }

  private struct Device: Decodable {
    let state: String?
    init(from decoder: any Decoder) throws { state = try Fields(decoder).id("state") }
  }

  private struct Queue: Decodable {
    let waiting: Int64
    init(from decoder: any Decoder) throws { waiting = try Fields(decoder).whole("waiting") ?? 0 }
  }

  private struct Bluetooth: Decodable {
    let works: Bool
    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder)
      works = fields.flag("available") != false && fields.flag("powered") != false
    }
  }

  private struct Storage: Decodable {
    let hasError: Bool
    init(from decoder: any Decoder) throws { hasError = try !Fields(decoder).isNull("error") }
  }
}
