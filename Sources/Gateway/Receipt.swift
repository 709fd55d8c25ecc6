// SPDX-License-Identifier: GPL-3.0-or-later
import FoundationEssentials
import Journal

/// `vigil.receipt/1`: how far the clinic's consumer has everything.
struct Receipt: Equatable {
  let consumer: String
  let epoch: String
  let upTo: [Lane: Int64]

  static let limit = 4096

  private struct Form: Decodable {
    let schema: String
    let consumer: String
    let epoch: String
    let upTo: Positions

    struct Positions: Decodable {
      let alert: Int64?
      let reading: Int64?
    }
  }

  /// nil for what is no receipt.
  init?(_ payload: [UInt8]) {
    guard payload.count <= Self.limit, let form = try? JSONDecoder().decode(Form.self, from: Data(payload)),
      form.schema == "vigil.receipt/1"
    else { return nil }
    consumer = form.consumer
    epoch = form.epoch
    var upTo: [Lane: Int64] = [:]
    upTo[.alert] = form.upTo.alert
    upTo[.reading] = form.upTo.reading
    self.upTo = upTo
  }
}
