"""Profiles as they are looked up: for each dialect and device a table from a field to what it means."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ingest.profiles.kinds import AS_IT_IS, Part, Plain, Reader, Scale

#: Stands for the kind under which the sensor is registered.
REGISTERED: Final = "registered"
#: A longer path is no field that anybody has written down.
_LONGEST: Final = 256
_NUMBERS: Final = re.compile(r"\d+(?=\.|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What one field means."""

    #: Where it is written: the file, the line and the field.
    place: str
    kind: str
    #: None: the kind has no parts, or it is the registered one's main part.
    part: Part | None
    inverted: bool = False
    scale: Scale = AS_IT_IS
    #: The field beside it that says the unit.
    unit_from: str = ""
    #: What a vendor's words mean; None: nothing.
    words: Mapping[str, Plain | None] = field(default_factory=dict)
    #: The same for words with `*`, in their order.
    patterns: tuple[tuple[re.Pattern[str], Plain | None], ...] = ()
    #: It counts only for a sensor that is registered as one of these.
    registered: frozenset[str] = frozenset()
    #: Stillness is made up by the driver: always, or when this field stands beside it.
    synthetic: bool = False
    synthetic_with: str = ""
    #: None: the number in the field's name.
    channel: int | None = 0
    #: It happens and does not last: false, zero, empty are its rest and say nothing.
    event: bool = False
    #: It says nothing where that field is there and not false.
    unless: str = ""
    #: One bit of a number.
    bit: int | None = None
    #: The short way from field to value, where nothing beside the field has a say.
    quick: Reader | None = None


Rules = tuple[Rule, ...]


class Found(NamedTuple):
    """The rules of a field (none: known, and not for us), and the number in its name."""

    rules: Rules
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The fields of one device, or of every device of a dialect."""

    fields: Mapping[str, Rules] = field(default_factory=dict)

    def find(self, path: str) -> Found | None:
        """Find what a field means: by its name, with `#` for its numbers, with `*` for the first part of its path."""
        rules = self.fields.get(path)
        if rules is not None:
            return Found(rules=rules, number=index_of(path))
        if len(path) > _LONGEST:
            return None
        numbered = _NUMBERS.sub("#", path)
        _, dot, rest = numbered.partition(".")
        rules = self.fields.get(numbered)
        if rules is None and dot:
            rules = self.fields.get(f"*.{path.partition('.')[2]}", self.fields.get(f"*.{rest}"))
        return None if rules is None else Found(rules=rules, number=index_of(path))

    def knows(self, paths: Iterable[str]) -> bool:
        """Tell whether one of these fields has a place here."""
        return any(path in self.fields or self.find(path) is not None for path in paths)


def index_of(path: str) -> int:
    """Tell the last number at the end of a part of a path, 0 when there is none."""
    if not path.isascii():
        return 0
    numbers = _NUMBERS.findall(path)
    return int(numbers[-1][:9]) if numbers else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A device that differs from the others of its dialect."""

    names: re.Pattern[str] | None
    models: re.Pattern[str] | None
    table: Table
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """What is known of the devices of one dialect."""

    table: Table = field(default_factory=Table)
    devices: tuple[Device, ...] = ()


NOTHING: Final = Dialect()


@dataclass(frozen=True, kw_only=True, slots=True)
class Profiles:
    """The fields of all vendors that we know."""

    dialects: Mapping[str, Dialect] = field(default_factory=dict)

    def table(self, dialect: str, name: str = "", model: str = "") -> Table:
        """Choose the table of a device by its topic's name and its model; the first that fits wins."""
        known = self.dialects.get(dialect, NOTHING)
        for device in known.devices:
            if (device.names and device.names.fullmatch(name.lower())) or (
                model and device.models and device.models.fullmatch(model.lower())
            ):
                return device.table
        return known.table
