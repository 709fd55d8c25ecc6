# SPDX-License-Identifier: GPL-3.0-or-later
"""How to tell in which language a text is."""

import re

HAN = re.compile("[\u4e00-\u9fff]")
# Three English words in a row that are not what is typed, nor a name or a path.
ENGLISH_SENTENCE = re.compile(r"(?<![-\w./<])(?!vigilctl )[A-Za-z']{2,}(?: [a-z']{2,}){2,}")
