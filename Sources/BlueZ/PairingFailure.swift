// SPDX-License-Identifier: GPL-3.0-or-later
import Synchronization

/// Why a pairing did not come about. The texts are with their addresses and name no digits.
package enum PairingFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The device was not heard of, or did not answer.
  case notInSight(String)
  /// The controller is off or missing.
  case bluetoothOff(String)
  /// bluetoothd is not there, or was not there all the time.
  case bluetoothGone
  /// Another device is being paired.
  case busy
  /// The device, or the kernel, said no: wrong digits, not ready, or it does not pair.
  case refused(String)
  /// The device ended the link.
  case hungUp(String)
  /// The person said that the digits differ.
  case rejectedByPerson(String)
  /// Nobody answered the device's question in time.
  case unanswered(String)
  case timedOut(String)

  package var description: String {
    switch self {
    case .notInSight(let address): "\(address) is not in sight"
    case .bluetoothOff(let adapter): "the Bluetooth controller \(adapter) is off or missing"
    case .bluetoothGone: "bluetoothd is not there"
    case .busy: "another device is being paired"
    case .refused(let address): "\(address) refused to pair"
    case .hungUp(let address): "\(address) ended the link"
    case .rejectedByPerson(let address): "the digits of \(address) were said to differ"
    case .unanswered(let address): "nobody answered the question of \(address) in time"
    case .timedOut(let what): "\(what) took too long"
    }
  }
}

/// What Pair() has answered, once it has.
final class PairReply: Sendable {
  private let state = Mutex<Result<Void, any Error>?>(nil)

  var result: Result<Void, any Error>? { state.withLock { $0 } }
  func set(_ result: Result<Void, any Error>) { state.withLock { $0 = result } }
}
