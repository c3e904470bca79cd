"""The kinds of the contracts as a profile sees them: what parts each has, and how a stranger's word becomes one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType
from typing import Final, get_args, get_type_hints

from contracts import RefusalReason, Value
from contracts.values import ButtonAction
from ingest.message import Malformed
from ingest.numbers import number_of

Plain = bool | float | str


class Sort(StrEnum):
    """What a part of a value is made of."""

    FLAG = "flag"
    NUMBER = "number"
    WORD = "word"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One field of a value."""

    name: str
    sort: Sort
    #: The words that it may be, when it is a word.
    words: tuple[str, ...] = ()


#: How a value of each kind is made.
MAKERS: Final[Mapping[str, Callable[..., Value]]] = {kind.__struct_config__.tag: kind for kind in get_args(Value)}
#: What channels and made-up messages are, the rule says and not the field.
_OF_THE_RULE: Final = frozenset({"channel", "synthetic", "session"})


def _part(name: str, hint: object) -> Part:
    (kind,) = [each for each in get_args(hint) or (hint,) if each is not NoneType]
    if kind is bool:
        return Part(name=name, sort=Sort.FLAG)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return Part(name=name, sort=Sort.WORD, words=tuple(kind))
    return Part(name=name, sort=Sort.NUMBER)


#: The parts of each kind, the main one first.
PARTS: Final[Mapping[str, Mapping[str, Part]]] = {
    kind.__struct_config__.tag: {
        name: _part(name, hint)
        for name, hint in get_type_hints(kind).items()
        if name in kind.__struct_fields__ and name not in _OF_THE_RULE
    }
    for kind in get_args(Value)
}
#: Parts without which there is no value of the kind.
REQUIRED: Final[Mapping[str, frozenset[str]]] = {
    kind.__struct_config__.tag: frozenset(
        kind.__struct_fields__[: len(kind.__struct_fields__) - len(kind.__struct_defaults__)]
    )
    for kind in get_args(Value)
}
#: Kinds whose values tell the channels of one device apart by themselves.
CHANNELLED: Final = frozenset(
    kind.__struct_config__.tag for kind in get_args(Value) if "channel" in kind.__struct_fields__
)

#: What turns a vendor's unit into the one of a part: a factor, and what is added after it.
UNITS: Final[Mapping[str, Mapping[str, tuple[float, float]]]] = {
    "celsius": {
        "C": (1, 0),
        "Cel": (1, 0),
        "°C": (1, 0),
        **dict.fromkeys(("F", "°F"), (5 / 9, -160 / 9)),
        "K": (1, -273.15),
    },
    "watts": {"W": (1, 0), "kW": (1000, 0), "mW": (0.001, 0)},
    "kilowatt_hours": {
        **{"kWh": (1, 0), "Wh": (0.001, 0), "MWh": (1000, 0)},
        **{"Wmin": (1 / 60_000, 0), "J": (1 / 3_600_000, 0), "Ws": (1 / 3_600_000, 0)},
    },
    "litres_total": {"l": (1, 0), "L": (1, 0), "m3": (1000, 0), "m³": (1000, 0)},
    "litres_per_minute": {
        "l/min": (1, 0),
        "L/min": (1, 0),
        "l/s": (60, 0),
        "l/h": (1 / 60, 0),
        "m3/h": (1000 / 60, 0),
        "m³/h": (1000 / 60, 0),
    },
    "percent": {"%": (1, 0), "ratio": (100, 0)},
    "lux": {"lx": (1, 0), "klx": (1000, 0)},
    "ppm": {"ppm": (1, 0), "ppb": (0.001, 0)},
}

_FLAGS: Final[Mapping[str, bool]] = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
_ACTIONS: Final[Mapping[bool, str]] = {True: ButtonAction.PRESSED, False: ButtonAction.RELEASED}


def flag_of(raw: object) -> bool | Malformed:
    """Read a flag as devices write it."""
    if isinstance(raw, bool):
        return raw
    flag = _FLAGS.get(raw.lower()) if isinstance(raw, str) else None
    if isinstance(raw, int | float) and raw in (0, 1):
        flag = raw == 1
    if flag is None:
        detail = "expected true or false for a property that is a flag"
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=detail)
    return flag


def measure_of(raw: object) -> float | Malformed:
    """Read a number as devices write it."""
    number = number_of(raw)
    if number is None:
        detail = "expected a number for a property that is measured"
        return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=detail)
    return number


def word_of(raw: object, part: Part) -> str | Malformed:
    """Read one of the words of a part; of a button a flag will do."""
    if isinstance(raw, str) and raw.lower() in part.words:
        return raw.lower()
    if ButtonAction.PRESSED in part.words:
        flag = flag_of(raw)
        return flag if isinstance(flag, Malformed) else _ACTIONS[flag]
    return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=f"expected one of {', '.join(part.words)}")


Reader = Callable[[object], Value | Malformed]


def flag_reader(kind: str, part: Part, *, inverted: bool) -> Reader:
    """Make the short way from a flag to a value: both values are there before anybody speaks."""
    on, off = MAKERS[kind](**{part.name: not inverted}), MAKERS[kind](**{part.name: inverted})

    def read(raw: object) -> Value | Malformed:
        if raw is True:
            return on
        if raw is False:
            return off
        flag = flag_of(raw)
        return flag if isinstance(flag, Malformed) else (on if flag else off)

    return read


def number_reader(kind: str, part: Part, *, scale: float, offset: float, channel: int) -> Reader:
    """Make the short way from a number to a value."""
    make, name = MAKERS[kind], part.name
    beside = {"channel": channel} if channel else {}

    def read(raw: object) -> Value | Malformed:
        number = raw if type(raw) is float else measure_of(raw)
        return number if isinstance(number, Malformed) else make(**{name: number * scale + offset}, **beside)

    return read
