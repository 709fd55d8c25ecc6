// SPDX-License-Identifier: GPL-3.0-or-later
import CSystemd
import DBus
import Logging
import Synchronization

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
  /// What came is no answer to the question.
  case unusable
}

/// Our org.bluez.Agent1 (BlueZ doc/agent-api.txt). It serves the one device that is being paired and refuses all others.
final class PairingAgent: Sendable {
  static let path = "/org/vigil/agent"
  static let rejected = BusError(name: "org.bluez.Error.Rejected", message: "this device is not being paired")

  let device: String
  private let ask: @Sendable (PairingQuestion) async -> PairingAnswer
  private struct State {
    var hasAsked = false
    /// When the question came that is not answered yet.
    var openSince: ContinuousClock.Instant?
    var isRejectedByPerson = false
  }
  private let state = Mutex(State())

  /// - Parameter device: the object path of the device.
  init(device: String, ask: @escaping @Sendable (PairingQuestion) async -> PairingAnswer) {
    self.device = device
    self.ask = ask
  }

  /// Whether a person was asked, so that nobody stands between.
  var hasAsked: Bool { state.withLock(\.hasAsked) }
  var isRejectedByPerson: Bool { state.withLock(\.isRejectedByPerson) }

  /// Whether a question has been without an answer for so long.
  func hasWaited(_ duration: Duration) -> Bool {
    state.withLock { $0.openSince.map { ContinuousClock.now - $0 >= duration } ?? false }
  }

  func answer(_ call: BusMethodCall) async throws -> [BusValue] {
    guard call.body.first?.string == device else { throw Self.rejected }
    switch call.member {
    case "RequestPasskey":
      guard case .passkey(let digits) = await answer(to: .passkey), digits <= 999_999 else { throw Self.rejected }
      return [.uint32(digits)]
    case "RequestConfirmation":
      guard call.body.count > 1, let shown = call.body[1].integer, (0...999_999).contains(shown),
        await answer(to: .confirm(passkey: shown)) == .yes
      else { throw Self.rejected }
      return []
    case "RequestAuthorization":
      // Just Works: the technician has asked for this very device.
      return []
    default:
      throw Self.rejected
    }
  }

  private func answer(to question: PairingQuestion) async -> PairingAnswer {
    state.withLock {
      $0.hasAsked = true
      $0.openSince = .now
    }
    let answer = await ask(question)
    state.withLock {
      $0.openSince = nil
      $0.isRejectedByPerson = answer == .no
    }
    return answer
  }
}

extension Central {
  /// Registers the agent, for the time of a pairing: bluetoothd uses that of the connection that calls Pair().
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
            do {
              return try await agent.answer(call)
            } catch {
              self?.log.notice("the agent said no", metadata: ["question": "\(call.member)"])
              throw error
            }
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

  /// Nobody is paired when nobody asks for it: without an agent bluetoothd refuses, and is not pairable.
  func unregisterAgent() async {
    do {
      _ = try await call("/org/bluez", Interface.agentManager, "UnregisterAgent", [.path(PairingAgent.path)])
    } catch {
      log.debug("cannot unregister the agent: \(error)")
    }
  }
}
