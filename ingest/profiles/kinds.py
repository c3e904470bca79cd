"""The kinds of the contracts as a profile sees them: what parts each has, and how a stranger's word becomes one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType
from typing import Final, NamedTuple, get_args, get_type_hints

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


class Scale(NamedTuple):
    """How a vendor's number becomes ours: something added, then times, then divided, so that no digit is lost."""

    plus: float = 0.0
    times: float = 1.0
    over: float = 1.0
    #: Added in the end.
    offset: float = 0.0

    def of(self, number: float) -> float:
        """Read a number."""
        return (number + self.plus) * self.times / self.over + self.offset


AS_IT_IS: Final = Scale()
_LITRES: Final = {"l": AS_IT_IS, "L": AS_IT_IS, **dict.fromkeys(("m3", "m³"), Scale(times=1000))}
#: What turns a vendor's unit into the one of a part.
UNITS: Final[Mapping[str, Mapping[str, Scale]]] = {
    "celsius": {
        **dict.fromkeys(("C", "Cel", "°C"), AS_IT_IS),
        **dict.fromkeys(("F", "°F"), Scale(plus=-32, times=5, over=9)),
        "K": Scale(plus=-273.15),
    },
    "watts": {"W": AS_IT_IS, "kW": Scale(times=1000), "mW": Scale(over=1000)},
    "kilowatt_hours": {
        **{"kWh": AS_IT_IS, "Wh": Scale(over=1000), "MWh": Scale(times=1000), "Wmin": Scale(over=60_000)},
        **dict.fromkeys(("J", "Ws"), Scale(over=3_600_000)),
    },
    "litres_total": _LITRES,
    "litres_per_minute": {
        **{f"{unit}/min": scale for unit, scale in _LITRES.items()},
        **{f"{unit}/h": scale._replace(over=60) for unit, scale in _LITRES.items()},
        **{f"{unit}/s": scale._replace(times=scale.times * 60) for unit, scale in _LITRES.items()},
    },
    "percent": {"%": AS_IT_IS, "ratio": Scale(times=100)},
    "lux": {"lx": AS_IT_IS, "klx": Scale(times=1000)},
    "ppm": {"ppm": AS_IT_IS, "ppb": Scale(over=1000)},
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


def number_reader(kind: str, part: Part, *, scale: Scale, channel: int) -> Reader:
    """Make the short way from a number to a value."""
    make, name = MAKERS[kind], part.name
    beside = {"channel": channel} if channel else {}
    plain = scale == AS_IT_IS

    def read(raw: object) -> Value | Malformed:
        number = raw if type(raw) is float else measure_of(raw)
        return (
            number if isinstance(number, Malformed) else make(**{name: number if plain else scale.of(number)}, **beside)
        )

    return read
