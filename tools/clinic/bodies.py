# SPDX-License-Identifier: GPL-3.0-or-later
"""What each command says, out of words that are easy to type; see `command.py NAME --help`.

    acknowledge 6f0d… --version 3
    pause r-31k7 --minutes 30 --reason 洗澡                  everything about the resident
    pause r-31k7 --rule OX-2 --minutes 600 --reason …        one rule; --alert ALERT: one alert
    pause r-31k7 --end                                       from now on it is heard again
    pause r-31k7 --out-of-service --reason …                 until somebody ends it: for doctors
    set-limits r-31k7 --version 2 --born 1948 --condition scale-2 --limit "OX-1 spo2 < 85 why=COPD until=2027-03-01"
    set-plan r-31k7 --version 2 --measure systolic,diastolic@07:00,19:00 --stream spo2@22:00-06:00
    send-history EPOCH LANE FROM TO
    diagnose
"""

from __future__ import annotations

import argparse
import re
from datetime import date, datetime
from typing import Any

Body = dict[str, Any]
LIMIT = re.compile(r"(?P<rule>[A-Z0-9][\w-]*) +(?P<kind>[a-z0-9-]+) *(?P<op><=|>=|<|>) *(?P<value>-?\d+(?:\.\d+)?)(?: +(?P<more>.+))?")
# A reason may be of several words.
MORE = re.compile(r"(why|until)=(.*?)(?= +(?:why|until)=|$)")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def limit(text: str) -> Body:
    """`OX-1 spo2 < 85 why=COPD until=2027-03-01`."""
    found = LIMIT.fullmatch(text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no limit, write: OX-1 spo2 < 92, or for a looser one "
                                         "OX-1 spo2 < 85 why=REASON until=DATE")
    more = found["more"] or ""
    if more and MORE.sub("", more).strip():
        raise argparse.ArgumentTypeError(f"{more!r}: behind a limit only why=… and until=… may stand")
    value, rest = float(found["value"]), dict(MORE.findall(more))
    if "until" in rest:
        rest["until"] = moment(rest["until"])
    return {"rule": found["rule"], "kind": found["kind"], "op": found["op"],
            "value": int(value) if value.is_integer() else value, **rest}


def moment(text: str) -> str:
    """As gateways read it; of a date the first moment of that day, here."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day).astimezone().isoformat()
        if datetime.fromisoformat(text).tzinfo is not None:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"until={text}: write a date, 2027-03-01, or a time with its zone, 2027-03-01T08:00:00+08:00")


def kinds_at(text: str) -> tuple[list[str], str]:
    kinds, mark, when = text.partition("@")
    names = [name.strip() for name in kinds.split(",") if name.strip()]
    if not names or not mark:
        raise argparse.ArgumentTypeError(f"{text!r}: write the kinds, @, and when")
    return names, when


def measure(text: str) -> Body:
    """`systolic,diastolic@07:00,19:00`, and `±90` behind it for minutes of tolerance."""
    kinds, when = kinds_at(text)
    times, _, tolerance = when.partition("±")
    clock = [time.strip() for time in times.split(",")]
    if not all(map(TIME.fullmatch, clock)) or (tolerance and not tolerance.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r}: times look like 07:00,19:00 or 07:00±90")
    return {"kinds": kinds, "times": clock, **({"toleranceMinutes": int(tolerance)} if tolerance else {})}


def stream(text: str) -> Body:
    """`spo2@22:00-06:00`."""
    kinds, when = kinds_at(text)
    first, _, last = when.partition("-")
    if not (TIME.fullmatch(first) and TIME.fullmatch(last)):
        raise argparse.ArgumentTypeError(f"{text!r}: the time looks like 22:00-06:00")
    return {"kinds": kinds, "continuous": {"from": first, "to": last}}


def born(text: str) -> int | None:
    if text == "none":
        return None
    if not re.fullmatch(r"\d{4}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no year; `none` takes it away")
    return int(text)


# Each command's arguments, and its body out of them -------------------------------------------------------------------


def _acknowledge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("alert", help="its id, as the alert's message says")


def _pause(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resident")
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--rule", help="only this rule")
    scope.add_argument("--alert", help="only this alert")
    time = parser.add_mutually_exclusive_group(required=True)
    time.add_argument("--minutes", type=int)
    time.add_argument("--end", action="store_true", help="end the pause now")
    time.add_argument("--out-of-service", action="store_true", help="without an end")
    parser.add_argument("--reason", default="", help="in your own words; a pause has to have one")


def _pause_body(found: argparse.Namespace) -> Body:
    body: Body = {"resident": found.resident, "scope": "rule" if found.rule else "alert" if found.alert else "resident"}
    body |= {key: value for key, value in (("rule", found.rule), ("alert", found.alert)) if value}
    minutes = 0 if found.end else None if found.out_of_service else found.minutes
    return body | {"reason": found.reason, "minutes": minutes}


def _set_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resident")
    parser.add_argument("--born", type=born, default=False, metavar="YEAR", help="`none` takes it away")
    parser.add_argument("--condition", action="append", metavar="WORD",
                        help="scale-2, oxygen, covid-pathway, heart-failure or resting; once for each, they replace those that "
                             "there were")
    parser.add_argument("--no-conditions", action="store_true", help="none any more")
    parser.add_argument("--limit", action="append", type=limit, metavar="LIMIT",
                        help='one of the rule\'s limits, moved: "RULE KIND OP VALUE", such as "OX-1 spo2 < 92"; a looser one '
                             'says why and until when, "RULE KIND OP VALUE why=REASON until=DATE": '
                             '"OX-1 spo2 < 85 why=COPD until=2027-03-01"; once for each, they replace those that there were; '
                             "`vigilctl rules explain OX-1` shows the rule's")
    parser.add_argument("--no-limits", action="store_true", help="only the rules' any more")


def _set_limits_body(found: argparse.Namespace) -> Body:
    body: Body = {"resident": found.resident}
    if found.born is not False:
        body["born"] = found.born
    if found.condition or found.no_conditions:
        body["conditions"] = found.condition or []
    if found.limit or found.no_limits:
        body["limits"] = found.limit or []
    return body


def _set_plan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resident")
    parser.add_argument("--measure", action="append", type=measure, default=[], metavar="KINDS@TIMES",
                        help="systolic,diastolic@07:00,19:00, and ±90 behind it for minutes of tolerance; once for each")
    parser.add_argument("--stream", action="append", type=stream, default=[], metavar="KINDS@FROM-TO",
                        help="spo2@22:00-06:00; once for each")


def _send_history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("epoch")
    parser.add_argument("lane", choices=["alert", "reading"])
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)


COMMANDS: dict[str, tuple[Any, Any]] = {
    "acknowledge": (_acknowledge, lambda found: {"alert": found.alert}),
    "pause": (_pause, _pause_body),
    "set-limits": (_set_limits, _set_limits_body),
    "set-plan": (_set_plan, lambda found: {"resident": found.resident, "plan": found.measure + found.stream}),
    "send-history": (_send_history, lambda found: {"epoch": found.epoch, "lane": found.lane, "fromSeq": found.first,
                                                   "toSeq": found.last}),
    "diagnose": (lambda parser: None, lambda found: {}),
}


# What gateways know by name and do not do yet: only with a body in JSON.
RESERVED = ("set-roster", "set-consent", "notify")


def parse(name: str, words: list[str]) -> tuple[Body, int | None]:
    """The body and the expected version out of what stands behind the command's name. Unusable words end the program."""
    parser = argparse.ArgumentParser(prog=f"command.py … {name}")
    parser.add_argument("--version", type=int, help="of what is to be changed, as it was seen")
    arguments, body = COMMANDS[name]
    arguments(parser)
    found = parser.parse_args(words)
    return body(found), found.version
