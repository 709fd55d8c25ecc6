// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// A replay as one picture, an SVG file that needs nothing else: for each person a lane for each quantity that a rule looks at.
package struct ReplayPlot {
  private var data: PlotData
  private let rules: RuleSet
  private let own: [ResidentID: [Rule]]
  private let language: Language
  private let calendar: @Sendable (Int64) -> LocalTime

  private static let width = 1200.0
  private static let left = 56.0
  private static let right = 170.0

  /// - Parameter people: as they are at the end: their limits are drawn.
  package init(
    _ data: PlotData, people: [Person], rules: RuleSet, language: Language,
    calendar: @escaping @Sendable (Int64) -> LocalTime
  ) {
    self.data = data
    self.data.finish()
    self.rules = rules
    own = Dictionary(people.map { ($0.resident, $0.state.rules) }, uniquingKeysWith: { first, _ in first })
    self.language = language
    self.calendar = calendar
  }

  package var svg: String {
    let time = TimeAxis(data.range ?? 0...0, left: Self.left, width: Self.width - Self.left - Self.right)
    var body = SVG()
    var y = drawTitle(into: &body)
    for person in data.people {
      if data.people.count > 1 {
        body.element(
          "text", ["class": "person", "x": SVG.number(Self.left), "y": SVG.number(y + 16)], person.resident.description)
        y += 24
      }
      for lane in lanes(of: person, time: time) { y = lane.draw(at: y, into: &body) }
      if person.barsLeftOut > 0 {
        let text = ReplayTexts.barsLeftOut(person.barsLeftOut)(in: language)
        body.element("text", ["class": "small", "x": SVG.number(Self.left), "y": SVG.number(y + 12)], text)
        y += 20
      }
      y = drawTimes(time, at: y, into: &body)
    }
    y = drawLegend(at: y, into: &body)
    return page(body.text, height: y)
  }

  private func page(_ body: String, height: Double) -> String {
    var svg = SVG()
    let (width, height) = (SVG.number(Self.width), SVG.number(height))
    svg.open(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(width) \(height)", "width": width, "height": height,
        "role": "img", "xml:lang": language.rawValue,
      ])
    svg.element("title", [:], title)
    svg.element("style", [:], PlotStyle.sheet)
    svg.element("rect", ["class": "page", "width": width, "height": height])
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + svg.text + body + "</svg>\n"
  }

  private var title: String {
    guard let range = data.range else { return ReplayTexts.plotTitle(from: "", to: "")(in: language) }
    let local = LocalText(calendar: calendar)
    let (first, last) = (local.dateAndTime(range.lowerBound), local.dateAndTime(range.upperBound))
    return ReplayTexts.plotTitle(from: String(first.dropLast(3)), to: String(last.dropLast(3)))(in: language)
  }

  private func drawTitle(into svg: inout SVG) -> Double {
    var title = title
    if data.people.count == 1, let only = data.people.first { title = "\(only.resident)  \(title)" }
    svg.element("text", ["class": "title", "x": SVG.number(Self.left), "y": "26"], title)
    let edition = ReplayTexts.plotRules(edition: rules.edition, version: rules.version)(in: language)
    svg.element("text", ["class": "small", "x": SVG.number(Self.left), "y": "44"], edition)
    return 56
  }

  // MARK: lanes

  private func lanes(of person: PlotData.OfPerson, time: TimeAxis) -> [PlotLane] {
    let effective = own[person.resident] ?? rules.rules
    let kindsOfRules = Dictionary(rules.rules.map { ($0.id, $0.kinds) }, uniquingKeysWith: { first, _ in first })
    let names = Dictionary(rules.rules.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    var rest = person.bars
    var lanes: [PlotLane] = []
    for quantity in PlottedQuantity.allCases {
      let series = quantity.kinds.compactMap { kind in
        person.series[kind].flatMap { $0.isEmpty ? nil : (kind: kind, series: $0) }
      }
      let isOf = { (bar: EpisodeBar) in
        (kindsOfRules[bar.rule] ?? bar.kinds).contains(where: quantity.kinds.contains)
      }
      guard !series.isEmpty else { continue }
      lanes.append(
        PlotLane(
          quantity: quantity, series: series, limits: PlotLimit.all(effective, for: quantity.kinds),
          bars: rest.filter(isOf), names: names, language: language, time: time, calendar: calendar))
      rest.removeAll(where: isOf)
    }
    return lanes
  }

  private func drawTimes(_ time: TimeAxis, at y: Double, into svg: inout SVG) -> Double {
    svg.line(time.left, y + 2, time.left + time.width, y + 2, class: "axis")
    for mark in time.marks(calendar, in: language) {
      let x = time.x(mark.at)
      svg.line(x, y + 2, x, y + 7, class: "axis")
      svg.element(
        "text", ["class": mark.isDay ? "tick mid bold" : "tick mid", "x": SVG.number(x), "y": SVG.number(y + 19)],
        mark.label)
    }
    return y + 32
  }

  // MARK: what means what

  private func drawLegend(at top: Double, into svg: inout SVG) -> Double {
    var x = Self.left
    let y = top + 10
    func entry(_ text: Text, _ shape: (inout SVG, Double) -> Void) {
      shape(&svg, x)
      let words = text(in: language)
      svg.element("text", ["class": "small", "x": SVG.number(x + 30), "y": SVG.number(y + 10)], words)
      x += 30 + SVG.width(of: words, size: 11) + 22
    }
    func bar(_ priority: Alert.Priority, _ state: Alert.State) -> (inout SVG, Double) -> Void {
      { svg, x in
        svg.open("g", ["class": priority.rawValue])
        svg.element(
          "rect",
          ["class": "b \(state.rawValue)", "x": SVG.number(x), "y": SVG.number(y), "width": "24", "height": "12"])
        svg.close("g")
      }
    }
    for priority in Alert.Priority.allCases {
      entry(ReplayTexts.plotAlert(WatchTexts.priority(priority.rawValue)), bar(priority, .active))
    }
    for state in [Alert.State.acknowledged, .clearedUnacknowledged, .paused] {
      entry(WatchTexts.state(state.rawValue), bar(.high, state))
    }
    entry(ReplayTexts.plotEscalation) { svg, x in
      svg.open("g", ["class": "high"])
      svg.line(x + 12, y - 2, x + 12, y + 14, class: "up")
      svg.close("g")
    }
    entry(ReplayTexts.plotLimit) { svg, x in svg.line(x, y + 6, x + 24, y + 6, class: "limit high") }
    entry(ReplayTexts.plotQuestionable) { svg, x in
      svg.element("circle", ["class": "q c0", "cx": SVG.number(x + 12), "cy": SVG.number(y + 6), "r": "3"])
    }
    return y + 28
  }
}
