"""From what a device says to values, by the rules of its profile."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from contracts import RefusalReason, Value
from ingest.message import Malformed
from ingest.profiles.kinds import (
    CHANNELLED,
    MAKERS,
    PARTS,
    REQUIRED,
    UNITS,
    Part,
    Plain,
    Sort,
    flag_of,
    measure_of,
    word_of,
)
from ingest.profiles.rules import REGISTERED, Rule, Table, index_of

Said = Mapping[str, object]

#: An array has so many channels at most.
MOST_CHANNELS: Final = 32
#: No profile has a longer word.
_LONGEST: Final = 256
_REST: Final = frozenset({"", "none", "0", "false", "off"})
_NO_WORD: Final = Malformed(
    reason=RefusalReason.WRONG_SHAPE, detail="expected a word that the device's profile explains"
)
_NOTHING_BESIDE: Final[Said] = {}


class Meant(NamedTuple):
    """A value, and the line of the profile that says so."""

    value: Value
    because: str


@dataclass(slots=True)
class _Making:
    """The parts of a value that were found so far; it lives within one call."""

    parts: dict[str, object]
    because: str


_Makings = dict[tuple[str, int], _Making]


def values_of(
    said: Said, table: Table, kind: str, beside: Said = _NOTHING_BESIDE, known_as: str = ""
) -> Iterator[Meant | Malformed]:
    """Read the fields of one sensor that is registered as `kind`; `beside` holds what is said once for all sensors.

    `known_as` stands for the field's own name where it is looked up, for a field that only its words explain.
    """
    makings: _Makings = {}
    told: list[str] = []
    fields, both = table.fields, (said, beside)
    for name, raw in said.items():
        if raw is None:  # the device has not said it yet
            continue
        path = known_as or name
        rules = fields.get(path)
        if rules is None:
            found = table.find(path)
            rules = found.rules if found else ()
        for rule in rules:
            if rule.quick is not None and type(raw) is not list and not (rule.unless and _there(rule.unless, both)):
                told.append(rule.kind)
                read = rule.quick(raw)
                yield read if isinstance(read, Malformed) else Meant(read, rule.place)
            else:
                yield from _noted(rule, raw, path, kind, both, makings)
    for (made, channel), making in makings.items():
        # What one field says outright is not said again by what another implies.
        if REQUIRED[made] <= making.parts.keys() and (channel or made not in told):
            yield Meant(MAKERS[made](**making.parts), making.because)


def _noted(
    rule: Rule, raw: object, path: str, kind: str, said: tuple[Said, Said], makings: _Makings
) -> Iterator[Malformed]:
    """Note what a field says among the makings; answer what is wrong with it."""
    if rule.registered and kind not in rule.registered:
        return
    index = index_of(path) if rule.channel is None or "#" in rule.unless else 0
    if rule.unless and _there(rule.unless.replace("#", str(index)), said):
        return
    if isinstance(raw, list) and rule.kind in CHANNELLED:
        channels = list(enumerate(raw[:MOST_CHANNELS]))
    else:
        channels = [(index if rule.channel is None else rule.channel, raw)]
    for channel, one in channels:
        fault = None if one is None else _note(rule, one, kind, channel, said, makings)
        if fault:
            yield fault
            return


def _there(name: str, said: tuple[Said, Said]) -> bool:
    value = said[0].get(name, said[1].get(name))
    return value is not None and value is not False


def _note(
    rule: Rule, raw: object, registered: str, channel: int, said: tuple[Said, Said], makings: _Makings
) -> Malformed | None:
    kind, part = (rule.kind, rule.part) if rule.kind != REGISTERED else _main(registered, rule)
    if not kind:
        return None
    if part is None:  # a kind that says nothing but that it happened
        if _happened(raw):
            makings.setdefault((kind, 0), _Making(parts={}, because=rule.place))
        return None
    read = _read(rule, part, raw, said)
    if isinstance(read, Malformed) or read is None:
        return read
    making = makings.setdefault((kind, channel), _Making(parts={}, because=rule.place))
    making.parts.setdefault(part.name, read)
    if kind in CHANNELLED and channel:
        making.parts["channel"] = channel
    if read is False and kind == "motion" and (rule.synthetic or _there(rule.synthetic_with, said)):
        making.parts["synthetic"] = True
    return None


def _main(registered: str, rule: Rule) -> tuple[str, Part | None]:
    """Find the main part of the registered kind, if it is of the sort that the rule reads."""
    wanted = rule.part.sort if rule.part else Sort.FLAG
    main = next(iter(PARTS.get(registered, {}).values()), None)
    if main is None:
        return "", None
    if main.sort is wanted or (wanted is Sort.FLAG and registered == "help_button"):
        return registered, main
    return "", None


def _read(rule: Rule, part: Part, raw: object, said: tuple[Said, Said]) -> Plain | Malformed | None:
    if rule.words or rule.patterns:
        meant, known = _translated(rule, raw)
        if isinstance(meant, bool) and part.sort is Sort.WORD:
            return word_of(meant, part)
        if known or rule.event:
            return meant
    if rule.event and not _happened(raw):
        return None
    if rule.bit is not None:
        raw = bool(int(raw) >> rule.bit & 1) if isinstance(raw, int) else raw
    match part.sort:
        case Sort.FLAG:
            flag = flag_of(raw)
            return flag if isinstance(flag, Malformed) else flag is not rule.inverted
        case Sort.WORD:
            return word_of(raw, part)
        case Sort.NUMBER:
            return _measured(rule, part, raw, said)


def _measured(rule: Rule, part: Part, raw: object, said: tuple[Said, Said]) -> float | Malformed:
    number = measure_of(raw)
    if isinstance(number, Malformed):
        return number
    if rule.unit_from:
        written = said[0].get(rule.unit_from, said[1].get(rule.unit_from))
        if isinstance(written, str) and written in UNITS.get(part.name, {}):
            return UNITS[part.name][written].of(number)
    return rule.scale.of(number)


def _translated(rule: Rule, raw: object) -> tuple[Plain | Malformed | None, bool]:
    """Look a word up; the second answer says whether the profile knows it."""
    match raw:
        case bool():
            text = "true" if raw else "false"
        case str():
            text = raw[:_LONGEST].lower()
        case int() | float():
            text = f"{raw:g}" if abs(raw) < 1e15 else ""
        case _:
            return _NO_WORD, rule.event
    if text in rule.words:
        return rule.words[text], True
    found = next(((meant, True) for pattern, meant in rule.patterns if pattern.fullmatch(text)), None)
    if found is None and rule.event and not isinstance(raw, str):
        return _NO_WORD, True
    return found or (None, False)


def _happened(raw: object) -> bool:
    return (
        raw is not False
        and not (isinstance(raw, int | float) and raw == 0)
        and not (isinstance(raw, str) and raw.lower() in _REST)
    )
