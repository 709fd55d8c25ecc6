// SPDX-License-Identifier: GPL-3.0-or-later
import Alerting
import Testing
import Texts
import Vitals

@testable import Replay

@Suite struct ReplayPlotTests {
  /// How often each element is there.
  private func elements(_ svg: String, sourceLocation: SourceLocation = #_sourceLocation) -> [String: Int] {
    var open: [String] = []
    var counts: [String: Int] = [:]
    for part in svg.split(separator: "<").dropFirst() {
      let name = String(part.prefix { !" />".contains($0) })
      if part.hasPrefix("?") { continue }
      if part.hasPrefix("/") {
        #expect(open.popLast() == String(part.dropFirst().prefix { $0 != ">" }), sourceLocation: sourceLocation)
        continue
      }
      counts[name, default: 0] += 1
      let tag = part.prefix { $0 != ">" }
      #expect(tag.count < part.count, "no end of \(tag)", sourceLocation: sourceLocation)
      #expect(tag.filter { $0 == "\"" }.count.isMultiple(of: 2), sourceLocation: sourceLocation)
      if !tag.hasSuffix("/") { open.append(name) }
    }
    #expect(open.isEmpty, sourceLocation: sourceLocation)
    return counts
  }

  @Test func whatIsOnIt() throws {
    var trace = try Trace()
    try trace.stream("spo2", 97, from: 0, to: 600)
    try trace.stream("spo2", 85, from: 601, to: 700)
    try trace.reading("systolic", 150, at: 720, #", "quality": "questionable""#)
    try trace.reading("systolic", 150, at: 780)
    let counts = elements(trace.svg)
    #expect(counts["path"] == 1 && counts["title"] == 2)
    // The legend has one.
    #expect(counts["circle"] == 3)
    for text in ["OX-1 low oxygen saturation", "SpO2 %", "&lt;90 OX-1", "≥180 BP-1", "08:10", "rules cn, version 1"] {
      #expect(trace.svg.contains(text), "\(text)")
    }
    #expect(!trace.svg.contains("OX-S2"))
    let chinese = trace.svg(.zh)
    for text in ["OX-1 血氧过低", "血氧%", "规则重放", "存疑的数值"] { #expect(chinese.contains(text), "\(text)") }
    #expect(elements(chinese) == counts)
  }

  /// 7 days: each column of pixels has many values, up and down.
  @Test func aWeekStaysSmall() throws {
    var plot = PlotData()
    var reader = TraceReader()
    for second in stride(from: 0, to: 7 * 86_400, by: 61) {
      let text = """
        {"at":\(Trace.at(second)),"stream":true,"values":[{"kind":"spo2","value":\(90 + second * 7 % 11)},\
        {"kind":"pulse-rate","value":\(60 + second * 13 % 47)}]}
        """
      plot.take(try #require(try reader.read(text)))
    }
    let svg = ReplayPlot(
      plot, people: [], rules: try RuleLoader.edition("cn"), language: .en, calendar: Trace.calendar
    ).svg
    #expect((20_000..<500_000).contains(svg.utf8.count))
    _ = elements(svg)
  }

  @Test func nothingIsAPictureToo() throws {
    let trace = try Trace()
    #expect(elements(trace.svg)["svg"] == 1)
  }

  @Test func textIsEscaped() {
    #expect(SVG.escaped("a<b>&\"'\n\u{1}\u{FFFF}守") == "a&lt;b&gt;&amp;&quot;&#39; \u{FFFD}\u{FFFD}守")
    var svg = SVG()
    svg.element("text", ["class": "\"/><script>"], "</text>")
    #expect(svg.text == "<text class=\"&quot;/&gt;&lt;script&gt;\">&lt;/text&gt;</text>\n")
  }

  @Test func numbersAreShort() {
    let numbers = [0, 1.26, -0.04, -3.06, 12, .nan, -.infinity].map(SVG.number)
    #expect(numbers == ["0", "1.3", "0", "-3.1", "12", "0", "-1000000000"])
  }

  @Test func labelsAreSpread() {
    let spread = PlotLane.spread([10, 12, 50, 98, 99], least: 11, within: 0...100)
    #expect(spread == [10, 21, 50, 89, 100])
    #expect(PlotLane.spread([], least: 11, within: 0...100).isEmpty)
  }
}
