// SPDX-License-Identifier: GPL-3.0-or-later

/// Which of the box's controllers is used. An index says nothing: one that is plugged in again may have another, and another
/// may have its name. So the one that was first found under the wanted name is known by its address from then on.
struct AdapterChoice: Sendable {
  /// `hci0`
  let wanted: String
  /// Of the one that was used under the wanted name.
  private var named: String?
  /// Of the one that is used for want of it: a box's own may be there before the one that is plugged into it.
  private var substitute: String?

  init(wanted: String) { self.wanted = wanted }

  /// - Returns: nil where none has the name and there are several of which none was in use.
  func of(_ all: [Adapter]) -> Adapter? {
    if let named, let same = all.first(where: { $0.address == named }) { return same }
    if let found = all.first(where: hasName) { return found }
    return all.first { $0.address == substitute } ?? (all.count == 1 ? all.first : nil)
  }

  mutating func isUsed(_ adapter: Adapter) {
    if adapter.address == named { return }
    if named == nil, hasName(adapter) { named = adapter.address } else { substitute = adapter.address }
  }

  private func hasName(_ adapter: Adapter) -> Bool { adapter.path == "/org/bluez/\(wanted)" }
}
