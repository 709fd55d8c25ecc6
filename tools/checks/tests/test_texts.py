# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of the catalogue finds what is sown, and nothing in a good one."""

from __future__ import annotations

from pathlib import Path

import pytest
from swift_strings import HOLE, Token, Unfinished, tokens
from texts import CATALOGUE, check_texts, catalogue_findings, program_findings, texts

ROOT = Path(__file__).resolve().parents[3]


def literals(source: str) -> list[Token]:
    return [token for token in tokens(source) if token.is_literal]


@pytest.mark.parametrize(("source", "text", "holes"), [
    ('"a"', "a", ()),
    ('""', "", ()),
    (r'"a\"b\\"', 'a"b\\', ()),
    (r'"\u{1B}[2J\n"', "\x1b[2J\n", ()),
    (r'"a \(b) c"', f"a {HOLE} c", ("b",)),
    (r'"\(f("x", g(1)))!"', f"{HOLE}!", ('f("x", g(1))',)),
    (r'"\(a ? "\(b)" : "c)")"', HOLE, ('a ? "\\(b)" : "c)"',)),
    (r'#"{"a":"\#(b)\(c)"}"#', '{"a":"' + HOLE + r'\(c)"}', ("b",)),
    ('"""\n  a "b" c\n  """', '\na "b" c\n', ()),
    ('"""\n  a \\\n  b\n  """', "\na b\n", ()),
])
def test_literals(source: str, text: str, holes: tuple[str, ...]) -> None:
    assert literals(f"let a = {source} // \"no\"\n/* \"no\" */") == [Token(text, 1, True, holes)]


def test_a_literal_without_end() -> None:
    for source in ('let a = "b', r'let a = "\(b'):
        with pytest.raises(Unfinished):
            list(tokens(source))


@pytest.mark.parametrize("source", [
    'Text(zh: "心率", en: "heart rate")',
    'Text(\n  zh: "没有 \\(device)（\\(why)）。", en: "No \\(device) (\\(why)).")',
    'Text(zh: "%", en: " %")',
    'Text(zh: " ℃", en: " °C")',
    'Text(zh: " mmHg", en: " mmHg")',
    'Text(zh: " " + unit, en: " " + unit)',
    'Text(zh: "原因：\\(reason(x).zh)。", en: "Why: \\(reason(x).en).")',
    'Text(zh: a.isEmpty ? "出错：\\(b)" : "\\(a)：\\(b)。", en: a.isEmpty ? "Failed: \\(b)" : "\\(a): \\(b).")',
    'Text(zh: "请看 f(a, b) 和 broker.host。", en: "See f(a, b) and broker.host.")',
    'Text(zh: "用 \\(pick(["a", "b"], in: c))", en: "Use \\(pick(["a", "b"], in: c))")',
    'Text(zh: zh, en: en)',
    'Text(zh: word, en: word)',
    'Text(zh: a.zh + "前", en: a.en + " ago")',
    'Text(zh: "\\(n) 条", en: "\\(n) alert\\(n == 1 ? "" : "s")")',
    'Text(zh: "\\(days) 天", en: "\\(days) \\(word)")',
    'Text(zh: "网络\\(up ? "正常" : "断开")", en: "network \\(up ? "up" : "down")")',
    'Text(zh: "\\(a)  \\(b)  （\\(c)）", en: "\\(a)  \\(b)  (\\(c))")',
    'struct Text { init(zh: String, en: String) {} }',
])
def test_a_good_text(source: str) -> None:
    assert list(catalogue_findings("a.swift", source)) == []


@pytest.mark.parametrize(("source", "word"), [
    ('Text(zh: "", en: "heart rate")', "zh is empty"),
    ('Text(zh: "心率", en: " ")', "en is empty"),
    ('Text(zh: "heart rate", en: "heart rate")', "not Chinese"),
    ('Text(zh: "心率", en: "心率")', "en has Chinese"),
    ('Text(zh: "心率", en: "“rate”")', "en has"),
    ('Text(zh: "心率 \\(a)", en: "rate")', "not hold the same: a"),
    ('Text(zh: "心率 \\(a)", en: "rate \\(b)")', "a, b"),
    ('Text(zh: "心率 {a}", en: "rate")', "{a}"),
    ('Text(zh: "心率  高", en: "rate")', "zh has doubled"),
    ('Text(zh: "心率", en: "the  rate")', "en has doubled"),
    ('Text(zh: "心率, 血氧", en: "rate, SpO2")', "率,"),
    ('Text(zh: "心率.", en: "Rate.")', "率."),
    ('Text(zh: "心率(快)", en: "rate")', "率("),
    ('Text(zh: "正在找...", en: "Looking …")', "three dots"),
    ('Text(zh: "心率\\(a ? "up" : "down")", en: "rate \\(a ? "上" : "下")")', "en has Chinese"),
    ('Text(zh: "心率 \\(f(a).b)", en: "rate \\(f(c).b)")', "same: a, c"),
    ('Text(zh: "心率")', "without one"),
])
def test_a_bad_text(source: str, word: str) -> None:
    found = list(catalogue_findings("a.swift", f"\n{source}\n"))
    assert found and {(one.path, one.line) for one in found} == {("a.swift", 2)}
    assert word in " ".join(one.what for one in found) and all(one.remedy for one in found)


@pytest.mark.parametrize("source", [
    'Terminal.out("No device is enrolled.")',
    'Terminal.err("Paired.")',
    'let a = ["ID", "LAST READING"]',
    'let a = "MODEL"',
    'let a = "Storage    " + b',
    r'let a = "\(id) is forgotten."',
    'let a = "是"',
    'throw Failure(Text(zh: "没有", en: "none"))',
    'let a = """\n  Not at all\n  """',
])
def test_a_literal_for_people(source: str) -> None:
    (finding, *_) = program_findings("b.swift", f"// fine\n{source}\n")
    assert (finding.path, finding.line) == ("b.swift", 2) and "Sources/Texts" in finding.remedy


@pytest.mark.parametrize("source", [
    '// No device is enrolled.', 'import Glibc', 'getenv("LANG")', 'getenv("LC_ALL")', 'call("Forget", "org.vigil.Gateway1")',
    r'let a = #"{"forgotten":"\#(id)"}"#', r'let a = "\u{1B}[2J\u{1B}[H"', 'let a = "vigilctl: " + b', 'let a = "  "',
    'Terminal.out(Texts.forgotten(id))', r'Terminal.out("\(line)")', 'let a = "/usr/share/vigil/device-profiles"',
    'let a = "systolic"', r'let a = "\(a) \(b)"', 'more(count, "vigilctl watch")',
    'Terminal.err("vigilctl: " + ScanTexts.off.here)',
])
def test_a_literal_for_programs(source: str) -> None:
    assert list(program_findings("b.swift", source)) == []


def test_this_catalogue_is_seen(tmp_path: Path) -> None:
    """Every text of this repository is read, or the check would be content with less than there is."""
    for path in (ROOT / CATALOGUE).glob("*.swift"):
        source = path.read_text()
        seen = len(list(texts(list(tokens(source)))))
        assert seen == source.count("Text(zh:") + source.count("Text(\n"), path.name


@pytest.mark.parametrize(("old", "new", "word"), [
    ("## Begin", "Begin", "headings"), ("- one", "one", "points"), ("vigilctl status", "vigilctl state", "commands"),
    ("clinic: c1", "clinics: c1", "keys"), ("`tools/check`", "`tools/test`", "files"), ("(LICENSE)", "(COPYING)", "links"),
])
def test_a_page_that_falls_behind(tmp_path: Path, old: str, new: str, word: str) -> None:
    page = "# A\n## Begin\n- one\n- `tools/check`\n```\nvigilctl status   # {}\nclinic: c1\n```\n[x](LICENSE)\n"
    (tmp_path / "README.md").write_text(page.format("all of it"))
    assert check_texts(tmp_path) == []
    (tmp_path / "README.zh-CN.md").write_text(page.format("全部"))
    assert check_texts(tmp_path) == []
    (tmp_path / "README.zh-CN.md").write_text(page.format("全部").replace(old, new))
    (finding,) = check_texts(tmp_path)
    assert finding.path == "README.zh-CN.md" and word in finding.what


def test_a_repository(tmp_path: Path) -> None:
    for folder in ("Sources/Texts", "Sources/vigilctl"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "Sources/Texts/ATexts.swift").write_text('let a = Text(zh: "甲", en: "a")\n')
    assert check_texts(tmp_path) == []
    (tmp_path / "Sources/Texts/BTexts.swift").write_text('let a = Text(zh: "", en: "a")\n')
    (tmp_path / "Sources/vigilctl/C.swift").write_text('let a = "no end\n')
    assert [(one.path, one.line) for one in check_texts(tmp_path)] == [
        ("Sources/Texts/BTexts.swift", 1), ("Sources/vigilctl/C.swift", 1)]
