// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Vitals

/// What a picture of a replay shows, gathered as it goes on. It takes no more room the longer a trace is, but for its alerts.
package struct PlotData {
  struct OfPerson {
    let resident: ResidentID
    var series: [ObservationKind: Series] = [:]
    var bars: [EpisodeBar] = []
    /// Where the bars of episodes are that are not over.
    fileprivate var open: [StableID: Int] = [:]
    /// Alerts beyond what a picture can show.
    var barsLeftOut = 0
  }

  private static let barLimit = 1500

  private(set) var people: [OfPerson] = []
  private var indices: [ResidentID: Int] = [:]
  private(set) var range: ClosedRange<Int64>?

  package init() {}

  package mutating func take(_ line: TraceLine) {
    if let at = line.at?.monotonicMs { extend(to: at) }
    guard case .reading(let observation) = line, observation.quality != .invalid, observation.purpose == .care else {
      return
    }
    let index = index(of: observation.resident)
    // A stored value stands where it was measured.
    let received = observation.received.monotonicMs
    let at = observation.isStream ? received : observation.observedWallMs ?? received
    extend(to: at)
    for quantity in observation.values {
      guard let (value, mark) = Self.dot(quantity, observation.quality) else { continue }
      people[index].series[quantity.kind, default: Series()]
        .add(value, mark: mark, at: at, isStream: observation.isStream)
    }
  }

  package mutating func take(_ transition: Replayer.Transition) {
    let index = index(of: transition.alert.resident)
    extend(to: transition.at)
    if let bar = people[index].open[transition.alert.alert] {
      people[index].bars[bar].take(transition)
      if people[index].bars[bar].isOver { people[index].open[transition.alert.alert] = nil }
      return
    }
    guard people[index].bars.count < Self.barLimit else {
      people[index].barsLeftOut += transition.alert.phase == .start ? 1 : 0
      return
    }
    let bar = EpisodeBar(transition)
    if !bar.isOver { people[index].open[bar.alert] = people[index].bars.count }
    people[index].bars.append(bar)
  }

  /// What is open stays so until the end.
  mutating func finish() {
    guard let end = range?.upperBound else { return }
    for person in people.indices {
      for bar in people[person].open.values { people[person].bars[bar].extend(to: end) }
    }
  }

  private static func dot(_ quantity: Quantity, _ quality: Quality) -> (Double, Series.Dot.Mark)? {
    switch quantity.content {
    case .number(let number):
      Double(number.description).map { ($0, quality == .valid ? .valid : .questionable) }
    case .absent(.ninf): (0, .low)
    case .absent(.pinf): (0, .high)
    case .absent: nil
    }
  }

  private mutating func extend(to at: Int64) {
    range = min(range?.lowerBound ?? at, at)...max(range?.upperBound ?? at, at)
  }

  private mutating func index(of resident: ResidentID) -> Int {
    if let index = indices[resident] { return index }
    indices[resident] = people.count
    people.append(OfPerson(resident: resident))
    return people.count - 1
  }
}
