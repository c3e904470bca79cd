"""One rule of a profile as it is written, checked in every part."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import translate
from typing import Final

from ingest.profiles.kinds import (
    AS_IT_IS,
    CHANNELLED,
    PARTS,
    UNITS,
    Part,
    Plain,
    Reader,
    Scale,
    Sort,
    flag_reader,
    number_reader,
)
from ingest.profiles.rules import REGISTERED, Rule

Written = Mapping[str, object]

#: What may stand in a rule, and of which type it is.
_ENTRIES: Final[Mapping[str, tuple[type, ...]]] = {
    "kind": (str,),
    "part": (str,),
    "inverted": (bool,),
    "scale": (int, float),
    "offset": (int, float),
    "unit": (str,),
    "unit_from": (str,),
    "words": (dict,),
    "registered": (str, list),
    "synthetic": (bool,),
    "synthetic_with": (str,),
    "channel": (int, str),
    "event": (bool,),
    "unless": (str,),
    "bit": (int,),
}
_FOR_NUMBERS: Final = ("scale", "offset", "unit", "unit_from")
#: A rule of these alone asks nothing but its own field, and whether another one is there.
_ALONE: Final = {"kind", "part", "inverted", "scale", "offset", "unit", "channel", "unless"}
_NAMES: Final[Mapping[type, str]] = {str: "text", bool: "true or false", int: "a number", float: "a number"}
#: A word that says nothing.
_IGNORED: Final = "ignore"


@dataclass(frozen=True, kw_only=True, slots=True)
class Faulty:
    """A rule that cannot be used, and why."""

    faults: tuple[str, ...]


def ruled(written: object, place: str) -> Rule | Faulty:
    """Read one rule."""
    if not isinstance(written, dict):
        return Faulty(faults=('expected a rule such as { kind = "motion" }',))
    faults = [*_misshapen(written)]
    if faults:
        return Faulty(faults=tuple(faults))
    part = _part(written)
    faults = list(_misfits(written, part)) if not isinstance(part, str) else [part]
    if faults or isinstance(part, str):
        return Faulty(faults=tuple(faults))
    return _made(written, part, place)


def _misshapen(written: Written) -> Iterator[str]:
    if "kind" not in written:
        yield 'expected a kind, such as kind = "motion"'
    for name, value in written.items():
        kinds = _ENTRIES.get(name)
        if kinds is None:
            yield f"{name}: no such entry{near(name, _ENTRIES)}"
        elif not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            wanted = dict.fromkeys(_NAMES.get(kind, "a table or list") for kind in kinds)
            yield f"{name}: expected {' or '.join(wanted)}"


def _part(written: Written) -> Part | str | None:
    """Find the part that a rule speaks of; a text is a fault."""
    kind, name = str(written["kind"]), written.get("part")
    if kind == REGISTERED:
        sorts = {Sort.FLAG.value: Sort.FLAG, Sort.NUMBER.value: Sort.NUMBER}
        sort = sorts.get(str(name or Sort.FLAG))
        return Part(name="", sort=sort) if sort else "part: expected flag or number of a registered kind"
    parts = PARTS.get(kind)
    if parts is None:
        return f'kind: "{kind}" is none of ours{near(kind, (*PARTS, REGISTERED))}; see docs/reference/readings.md'
    if name is None:
        return next(iter(parts.values()), None)
    return parts.get(str(name), f"part: {kind} has {', '.join(parts) or 'none'}{near(str(name), parts)}")


def _misfits(written: Written, part: Part | None) -> Iterator[str]:
    kind, sort = str(written["kind"]), part.sort if part else None
    if written.get("inverted") and sort is not Sort.FLAG:
        yield "inverted: only a flag can be turned round"
    for name in _FOR_NUMBERS:
        if name in written and sort is not Sort.NUMBER:
            yield f"{name}: only a number has one"
    units = UNITS.get(part.name, {}) if part else {}
    if "unit" in written and sort is Sort.NUMBER and written["unit"] not in units:
        yield f"unit: expected one of {', '.join(units) or 'none'}"
    if ("synthetic" in written or "synthetic_with" in written) and kind != "motion":
        yield "synthetic: only motion is made up by drivers"
    if "channel" in written and kind not in CHANNELLED:
        yield f"channel: only {' and '.join(sorted(CHANNELLED))} have channels"
    if isinstance(written.get("channel"), str) and written["channel"] != "index":
        yield 'channel: expected a number, or "index" for the number in the field\'s name'
    if not 0 <= _number(written, "bit", 0) < 64 or ("bit" in written and sort is not Sort.FLAG):
        yield "bit: expected 0 to 63, of a flag"
    if not 0 <= _channel(written) <= 255:
        yield "channel: expected 0 to 255"
    yield from _unknown_kinds(written)
    yield from _wrong_words(written, part)


def _unknown_kinds(written: Written) -> Iterator[str]:
    for kind in _registered(written):
        if kind not in PARTS:
            yield f'registered: "{kind}" is no kind of ours{near(kind, PARTS)}'


def _wrong_words(written: Written, part: Part | None) -> Iterator[str]:
    for word, meant in _words(written).items():
        if meant == _IGNORED:
            continue
        match part:
            case Part(sort=Sort.FLAG):
                right, wanted = isinstance(meant, bool), "true, false"
            case Part(sort=Sort.NUMBER):
                right, wanted = isinstance(meant, int | float) and not isinstance(meant, bool), "a number"
            case Part(words=words):
                right, wanted = meant in words, ", ".join(words)
            case None:
                right, wanted = isinstance(meant, bool), "true, false"
        if not right:
            yield f'words."{word}": expected {wanted} or "{_IGNORED}"'


def _made(written: Written, part: Part | None, place: str) -> Rule:
    scale = _scaled(written, part)
    words = {str(word).lower(): _meant(meant) for word, meant in _words(written).items()}
    return Rule(
        place=place,
        kind=str(written["kind"]),
        part=part,
        inverted=bool(written.get("inverted")),
        scale=scale,
        unit_from=str(written.get("unit_from", "")),
        words={word: meant for word, meant in words.items() if not set(word) & set("*?[")},
        patterns=tuple((re.compile(translate(word)), meant) for word, meant in words.items() if set(word) & set("*?[")),
        registered=frozenset(_registered(written)),
        synthetic=bool(written.get("synthetic")),
        synthetic_with=str(written.get("synthetic_with", "")),
        channel=None if written.get("channel") == "index" else int(_channel(written)),
        event=bool(written.get("event")),
        unless=str(written.get("unless", "")),
        bit=int(_number(written, "bit", 0)) if "bit" in written else None,
        quick=_quick(written, part, scale),
    )


def _quick(written: Written, part: Part | None, scale: Scale) -> Reader | None:
    kind = str(written["kind"])
    if part is None or kind not in PARTS or not written.keys() <= _ALONE or written.get("channel") == "index":
        return None
    if "#" in str(written.get("unless", "")):
        return None
    if len(PARTS[kind]) > 1:  # other fields have other parts of the same value
        return None
    if part.sort is Sort.FLAG:
        return flag_reader(kind, part, inverted=bool(written.get("inverted")))
    if part.sort is Sort.NUMBER:
        return number_reader(kind, part, scale=scale, channel=int(_channel(written)))
    return None


def _scaled(written: Written, part: Part | None) -> Scale:
    factor = _number(written, "scale", 1.0)
    unit = UNITS[part.name][str(written["unit"])] if part and "unit" in written else AS_IT_IS
    # Dividing by 1000 keeps digits that multiplying by 0.001 loses.
    over = round(1 / factor) if 0 < abs(factor) < 1 else 0
    exact = over and abs(factor * over - 1) < 1e-12
    return unit._replace(
        times=unit.times if exact else unit.times * factor,
        over=unit.over * over if exact else unit.over,
        offset=_number(written, "offset", 0.0),
    )


def _meant(meant: object) -> Plain | None:
    return meant if isinstance(meant, bool | int | float | str) and meant != _IGNORED else None


def _words(written: Written) -> Mapping[str, object]:
    words = written.get("words")
    return words if isinstance(words, dict) else {}


def _registered(written: Written) -> list[str]:
    named = written.get("registered", [])
    return [str(kind) for kind in named] if isinstance(named, list) else [str(named)]


def _channel(written: Written) -> float:
    return _number(written, "channel", 0)


def _number(written: Written, name: str, default: float) -> float:
    value = written.get(name)
    return value if isinstance(value, int | float) else default


def near(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Suggest the nearest right spelling."""
    close = get_close_matches(word, list(known), n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
