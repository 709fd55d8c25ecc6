// SPDX-License-Identifier: GPL-3.0-or-later
import Document
import Testing

@Suite struct YAMLTests {
  func failure(_ text: String, _ use: (Node) throws -> Void = { _ in }) -> String {
    do {
      try use(YAML.parse(text, file: "f.yaml"))
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func readsScalarsListsAndMappings() throws {
    let root = try YAML.parse("a: 1\nb: [x, \"2\"]\nc:\n  d: true\n", file: "f.yaml")
    let fields = try root.mapping(required: ["a", "b", "c"])
    #expect(try fields.required("a").integer(in: 0...9) == 1)
    #expect(try fields.required("b").sequence.map { try $0.string } == ["x", "2"])
    #expect(try fields.required("c").mapping(required: ["d"]).required("d").boolean)
  }

  @Test(arguments: [
    ("", "f.yaml:1:1: the document is empty"),
    ("a: 1\na: 2\n", "f.yaml:2:1: duplicate key 'a'"),
    ("a: &x [1]\nb: *x\n", "f.yaml:1:4: b: aliases are not allowed here, write the value out"),
    ("a: 1\n---\nb: 2\n", "f.yaml:3:1: only one document is allowed in a file"),
    ("[1]: 2\n", "f.yaml:1:1: a key must be a single value"),
  ])
  func namesThePlace(text: String, expected: String) {
    #expect(failure(text) == expected)
  }

  @Test func syntaxErrorsNameLineAndColumn() {
    #expect(failure("a: [1\nb: 2\n").hasPrefix("f.yaml:2:"))
    #expect(failure("a:\n\tb: 2\n").hasPrefix("f.yaml:2:1: found character"))
  }

  @Test func deepNestingAndLoopsEnd() {
    #expect(failure(String(repeating: "[", count: 40) + String(repeating: "]", count: 40)).contains("nested deeper"))
    #expect(failure("a: &a [*a]\n").contains("aliases"))
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["[", "{b: ", "- "])
  func whatIsNestedVeryDeeplyIsRefusedAtOnce(opening: String) {
    let started = ContinuousClock.now
    #expect(failure("a:\n " + String(repeating: opening, count: 200_000)).contains("nested deeper than 32 levels"))
    #expect(ContinuousClock.now - started < .seconds(10))
  }

  @Test func wrongTypesSayWhatIsAllowed() {
    #expect(
      failure("a: x\n") { _ = try $0.mapping(required: ["a"]).required("a").integer(in: 1...5) }
        == "f.yaml:1:4: a: expected a whole number from 1 to 5, found 'x'")
    #expect(
      failure("a: \"3\"\n") { _ = try $0.mapping(required: ["a"]).required("a").integer(in: 1...5) }
        == "f.yaml:1:4: a: expected a whole number from 1 to 5, found \"3\"")
    #expect(
      failure("b: 1\n") { _ = try $0.mapping(optional: ["a", "c"]) } == "f.yaml:1:1: unknown key 'b', known: a, c")
    #expect(failure("{}") { _ = try $0.mapping(required: ["a"]) } == "f.yaml:1:1: missing key 'a'")
  }
}
