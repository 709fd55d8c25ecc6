// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import DBus

/// What a pairing wants to know from the person in front of the device.
package enum PairingQuestion: Sendable, Equatable {
  /// The six digits that the device shows.
  case passkey
  /// Whether both show these six digits.
  case confirm(passkey: Int)
}

package enum PairingAnswer: Sendable, Equatable {
  case passkey(UInt32)
  case yes
  case no
}

/// Our org.bluez.Agent1 (BlueZ doc/agent-api.txt). It serves the one device that is being paired and refuses all others.
final class PairingAgent: Sendable {
  static let path = "/org/vigil/agent"
  static let rejected = BusError(name: "org.bluez.Error.Rejected", message: "this device is not being paired")

  let device: String
  private let ask: @Sendable (PairingQuestion) async -> PairingAnswer

  /// - Parameter device: the object path of the device.
  init(device: String, ask: @escaping @Sendable (PairingQuestion) async -> PairingAnswer) {
    self.device = device
    self.ask = ask
  }

  func answer(_ call: BusMethodCall) async throws -> [BusValue] {
    guard call.body.first?.string == device else { throw Self.rejected }
    switch call.member {
    case "RequestPasskey":
      guard case .passkey(let digits) = await ask(.passkey), digits <= 999_999 else { throw Self.rejected }
      return [.uint32(digits)]
    case "RequestConfirmation":
      let shown = call.body.count > 1 ? call.body[1].integer ?? 0 : 0
      guard await ask(.confirm(passkey: shown)) == .yes else { throw Self.rejected }
      return []
    case "RequestAuthorization":
      // Just Works: the technician has asked for this very device.
      return []
    default:
      throw Self.rejected
    }
  }
}

extension Central {
  /// bluetoothd uses the agent of the connection that calls Pair().
  func registerAgent() async throws {
    guard let connection else { return }
    if !hasExportedAgent {
      try await connection.export(
        path: PairingAgent.path, interface: Interface.agent, vtable: { vigil_agent_vtable($0) },
        handler: { [weak self] call in
          switch call.member {
          case "Release", "Cancel": return []
          default:
            guard let agent = await self?.agent else { throw PairingAgent.rejected }
            return try await agent.answer(call)
          }
        })
      hasExportedAgent = true
    }
    do {
      _ = try await call(
        "/org/bluez", Interface.agentManager, "RegisterAgent",
        [.path(PairingAgent.path), .string("KeyboardDisplay")])
    } catch let error as BusError where error.name == "org.bluez.Error.AlreadyExists" {
      return
    }
  }
}
