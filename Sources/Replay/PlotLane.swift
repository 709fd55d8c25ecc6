// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Texts
import Vitals

/// A lane of a picture: one quantity over time, its limits, and below it the alerts that are about it.
struct PlotLane {
  let quantity: PlottedQuantity
  let series: [(kind: ObservationKind, series: Series)]
  let limits: [PlotLimit]
  let bars: [EpisodeBar]
  let names: [String: Text]
  let language: Language
  let time: TimeAxis
  let calendar: @Sendable (Int64) -> LocalTime

  static let plotHeight = 150.0
  private static let headHeight = 22.0
  private static let barHeight = 13.0
  private static let rowHeight = 17.0
  private static let labelSize = 11.0
  /// Values of one kind that lie so far apart in time are not joined.
  private static let joined: Int64 = 60_000

  /// - Parameter svg: gets the lane, its top at `top`.
  /// - Returns: where it ends.
  func draw(at top: Double, into svg: inout SVG) -> Double {
    let (values, base) = (values(top: top + Self.headHeight), top + Self.headHeight + Self.plotHeight)
    drawHead(at: top, into: &svg)
    drawGrid(values, into: &svg)
    drawLimits(values, into: &svg)
    for (index, one) in series.enumerated() { draw(one.series, style: index % 2, on: values, into: &svg) }
    return base + drawBars(at: base + 5, into: &svg)
  }

  private func values(top: Double) -> ValueAxis {
    let ranges = series.compactMap(\.series.range)
    let numbers =
      ranges.flatMap { [$0.lowerBound, $0.upperBound] } + limits.compactMap { Double($0.value.description) }
    let range = (numbers.min() ?? 0)...(numbers.max() ?? 1)
    return ValueAxis(range, top: top, height: Self.plotHeight)
  }

  // MARK: around the values

  private func drawHead(at top: Double, into svg: inout SVG) {
    let title = quantity.name(in: language) + quantity.unit(in: language)
    write(title, "lane", time.left, top + 15, into: &svg)
    guard series.count > 1 else { return }
    var x = time.left + SVG.width(of: title, size: 15.5) + 24
    for (index, one) in series.enumerated() {
      let name = KindNames.name(ofKind: one.kind.rawValue)?(in: language) ?? one.kind.rawValue
      svg.element("circle", ["class": "d s\(index % 2)", "cx": SVG.number(x), "cy": SVG.number(top + 11), "r": "3"])
      write(name, "small", x + 8, top + 15, into: &svg)
      x += SVG.width(of: name, size: Self.labelSize) + 32
    }
  }

  private func drawGrid(_ values: ValueAxis, into svg: inout SVG) {
    svg.element(
      "rect",
      [
        "class": "frame", "x": SVG.number(time.left), "y": SVG.number(values.top), "width": SVG.number(time.width),
        "height": SVG.number(values.height),
      ])
    for mark in values.marks {
      let y = values.y(mark)
      svg.line(time.left, y, time.left + time.width, y, class: "grid")
      write(Self.label(mark), "tick end", time.left - 6, y + 4, into: &svg)
    }
    for mark in time.marks(calendar, in: language) {
      let x = time.x(mark.at)
      svg.line(x, values.top, x, values.top + values.height, class: mark.isDay ? "day" : "grid")
    }
  }

  /// At most three digits after the point.
  private static func label(_ value: Double) -> String {
    let thousandths = (value * 1000).rounded()
    var text = ExactDecimal(mantissa: Int64(min(max(thousandths, -1e15), 1e15)), exponent: -3)?.description ?? ""
    while text.hasSuffix("0"), text.contains(".") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  private func drawLimits(_ values: ValueAxis, into svg: inout SVG) {
    let right = time.left + time.width
    let places = limits.map { values.y(Double($0.value.description) ?? 0) }
    let labels = Self.spread(places, least: 11, within: (values.top + 4)...(values.top + values.height + 4))
    for (index, limit) in limits.enumerated() {
      svg.line(time.left, places[index], right, places[index], class: "limit \(limit.priority.rawValue)")
      svg.line(right, places[index], right + 8, labels[index], class: "lead")
      write(limit.label, "tick", right + 11, labels[index] + 3.5, into: &svg)
    }
  }

  /// Moved so far apart that labels do not cover each other; in order from the top.
  static func spread(_ places: [Double], least: Double, within bounds: ClosedRange<Double>) -> [Double] {
    var moved = places
    for index in moved.indices.dropFirst() { moved[index] = max(moved[index], moved[index - 1] + least) }
    guard let last = moved.last, last > bounds.upperBound else { return moved }
    var limit = bounds.upperBound
    for index in moved.indices.reversed() {
      moved[index] = min(moved[index], limit)
      limit = moved[index] - least
    }
    return moved
  }

  // MARK: values

  private func draw(_ series: Series, style: Int, on values: ValueAxis, into svg: inout SVG) {
    let path = path(columns(series.valid, of: series), on: values)
    if !path.isEmpty { svg.element("path", ["class": "l c\(style)", "d": path]) }
    for (x, span) in columns(series.questionable, of: series) {
      for value in span.least == span.most ? [span.least] : [span.most, span.least] {
        circle(x, values.y(value), "q c\(style)", into: &svg)
      }
    }
    // Many dots at one place are one.
    var drawn: Set<[Int]> = []
    for dot in series.dots {
      let x = time.x(dot.at)
      switch dot.mark {
      case .valid, .questionable:
        let y = values.y(dot.value)
        guard drawn.insert([Int(x * 2), Int(y * 2), dot.mark == .valid ? 1 : 0]).inserted else { continue }
        circle(x, y, dot.mark == .valid ? "d s\(style)" : "q c\(style)", into: &svg)
      case .low: write("▼", "s\(style) mid", x, values.top + values.height - 2, into: &svg)
      case .high: write("▲", "s\(style) mid", x, values.top + 12, into: &svg)
      }
    }
  }

  private func circle(_ x: Double, _ y: Double, _ style: String, into svg: inout SVG) {
    svg.element("circle", ["class": style, "cx": SVG.number(x), "cy": SVG.number(y), "r": "2.5"])
  }

  /// The least and the most in each column of pixels that has any.
  private func columns(_ spans: [Series.Span?], of series: Series) -> [(x: Double, span: Series.Span)] {
    var columns: [(x: Double, span: Series.Span)] = []
    for (index, span) in spans.enumerated() {
      guard let span else { continue }
      let x = time.x(series.start &+ Int64(index) &* series.width).rounded()
      if let last = columns.last, last.x == x {
        columns[columns.count - 1].span.take(span)
      } else {
        columns.append((x, span))
      }
    }
    return columns
  }

  private func path(_ columns: [(x: Double, span: Series.Span)], on values: ValueAxis) -> String {
    var path = ""
    let farthest = max(2, Double(Self.joined) / time.perPixel)
    var last: (x: Double, y: Double)?
    for (x, span) in columns {
      let (high, low) = (values.y(span.most), values.y(span.least))
      let isNear = last.map { x - $0.x <= farthest } ?? false
      // From where the last column ended to the nearer end of this one.
      let isDown = last.map { abs($0.y - high) <= abs($0.y - low) } ?? true
      let (first, second) = isDown ? (high, low) : (low, high)
      path += "\(isNear ? "L" : "M")\(SVG.number(x)) \(SVG.number(first))"
      if abs(first - second) >= 0.1 {
        path += "V\(SVG.number(second))"
      } else if !isNear {
        path += "h.5"
      }
      last = (x, second)
    }
    return path
  }

  // MARK: alerts

  /// - Returns: how high they are.
  private func drawBars(at top: Double, into svg: inout SVG) -> Double {
    var layout = BarLayout(within: time.left...(time.left + time.width + 160))
    for bar in bars.sorted(by: { $0.from < $1.from }) {
      let (from, to) = (time.x(bar.from), max(time.x(bar.to), time.x(bar.from) + 3))
      let label = names[bar.rule].map { "\(bar.rule) \($0(in: language))" } ?? bar.rule
      let place = layout.place(from: from, to: to, label: SVG.width(of: label, size: Self.labelSize))
      let y = top + Double(place.row) * Self.rowHeight
      let title = "\(bar.rule) \(Self.when(bar.from, calendar, language)) \(bar.text[language.rawValue] ?? "")"
      svg.open("g", ["class": bar.priority.rawValue])
      for stretch in bar.stretches {
        let x = time.x(stretch.from)
        let width = stretch == bar.stretches.last ? to - x : time.x(stretch.to) - x
        svg.element(
          "rect",
          [
            "class": "b \(stretch.state.rawValue)", "x": SVG.number(x), "y": SVG.number(y),
            "width": SVG.number(max(width, 1)), "height": SVG.number(Self.barHeight),
          ], title: title)
      }
      for at in bar.escalations {
        let x = time.x(at)
        svg.line(x, y - 2, x, y + Self.barHeight + 2, class: "up")
      }
      svg.close("g")
      guard place.hasLabel else { continue }
      if place.labelX > from, place.labelX < to { drawGround(of: label, at: place.labelX, y, into: &svg) }
      write(label, place.isLabelBefore ? "small end" : "small", place.labelX, y + 10.5, into: &svg)
    }
    return 5 + Double(layout.rows) * Self.rowHeight + 8
  }

  /// So that a label on a dark bar can be read.
  private func drawGround(of label: String, at x: Double, _ y: Double, into svg: inout SVG) {
    svg.element(
      "rect",
      [
        "class": "under", "x": SVG.number(x - 2), "y": SVG.number(y + 1.5),
        "width": SVG.number(SVG.width(of: label, size: Self.labelSize) + 2), "height": SVG.number(Self.barHeight - 3),
      ])
  }

  private func write(_ text: String, _ style: String, _ x: Double, _ y: Double, into svg: inout SVG) {
    svg.element("text", ["class": style, "x": SVG.number(x), "y": SVG.number(y)], text)
  }

  private static func when(_ at: Int64, _ calendar: (Int64) -> LocalTime, _ language: Language) -> String {
    let local = calendar(at)
    return TimeAxis.date(local.day, language) + " " + local.clock
  }
}
