# SPDX-License-Identifier: GPL-3.0-or-later
"""See tools/screens/record."""

from __future__ import annotations

import argparse
import sys

import conftest  # noqa: F401  (the path)
from recorder import GOLDEN, LOCALES, Recorder, compare
from stories import STORIES
from vigil import BIN


def main() -> int:
    parser = argparse.ArgumentParser(prog="record", description="Plays vigilctl's stories and compares their screens.")
    parser.add_argument("--update", action="store_true", help="write the golden screens")
    parser.add_argument("--lang", choices=sorted(LOCALES), action="append", help="only this language")
    parser.add_argument("stories", nargs="*", metavar="STORY", help=f"of {', '.join(STORIES)}")
    options = parser.parse_args()
    if unknown := set(options.stories) - set(STORIES):
        parser.error(f"no story {', '.join(sorted(unknown))}; there are {', '.join(STORIES)}")
    wrong, taken = 0, set()
    for name in options.stories or STORIES:
        for language in options.lang or sorted(LOCALES):
            recorder = Recorder(BIN / "vigilctl", language)
            STORIES[name](recorder)
            found = compare(recorder, options.update)
            wrong += len(found)
            taken |= {(language, screen) for screen in recorder.screens}
            print(f"{name} in {language}: {len(recorder.screens)} screens, {len(found) or 'nothing'} wrong", flush=True)
            for text in found:
                print(text)
    if options.update and not options.stories and not options.lang:
        for path in GOLDEN.glob("*/*.txt"):
            if (path.parent.name, path.stem) not in taken:
                path.unlink()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
