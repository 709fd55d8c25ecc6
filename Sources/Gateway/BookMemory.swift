// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// What a restart has to know of a book of episodes besides the alerts themselves.
struct BookMemory: Sendable, Equatable {
  var pauses: [Pause] = []
  var day = DayMemory()

  init() {}

  init(_ book: EpisodeBook) {
    pauses = book.pauses
    day = book.day
  }

  /// What of it is to be written where that of before is on the disk.
  func news(after before: BookMemory, of resident: ResidentID) -> [BatchItem] {
    var items: [BatchItem] = []
    if pauses != before.pauses { items.append(.pauses(pauses, of: resident)) }
    if day != before.day { items.append(.day(day, of: resident)) }
    return items
  }
}

extension Ingest {
  /// Pauses end by themselves, and days begin: what a restart has to know of them goes with the alerts that say so.
  func keepMemory(of resident: ResidentID) {
    let now = BookMemory(book(of: resident))
    let items = now.news(after: memory(of: resident), of: resident)
    guard !items.isEmpty else { return }
    memories[resident] = now
    batch += items
  }

  /// What stands in the journal, or in the batch.
  func memory(of resident: ResidentID) -> BookMemory { memories[resident] ?? BookMemory() }
}
