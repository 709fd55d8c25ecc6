// SPDX-License-Identifier: GPL-3.0-or-later

/// Where a message belongs: `vigil/v1/{clinic}/{gateway}/up/{kind}/…`. Clinic and gateway are taken from here and from
/// nowhere else: the broker's access rules vouch for the topic, nobody for the payload.
package struct DeskTopic: Sendable, Equatable {
  package let clinic: String
  package let gateway: String
  /// `alert`, `alerts`, `reading`, `status`, `health`…
  package let kind: String

  /// nil for what is not Vigil's, or not of this version.
  package init?(_ topic: String) {
    let levels = topic.split(separator: "/", maxSplits: 6, omittingEmptySubsequences: false)
    guard levels.count >= 6, levels[0] == "vigil", levels[1] == "v1", levels[4] == "up" else { return nil }
    clinic = String(levels[2])
    gateway = String(levels[3])
    kind = String(levels[5])
    guard Fields.isID(clinic), Fields.isID(gateway) else { return nil }
  }

  /// What a desk subscribes to.
  package static func filter(clinic: String) -> String { "vigil/v1/\(clinic)/+/up/#" }
}
