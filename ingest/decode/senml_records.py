"""SenML records resolved: each with its full name, unit, value and time (RFC 8428 §4.6)."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from contracts import RefusalReason
from ingest.message import Malformed
from ingest.numbers import number_of

#: The version of SenML that RFC 8428 describes.
_VERSION: Final = 10
#: A pack holds so many records at most.
MOST_RECORDS: Final = 1_500
#: A base name stands before every name of the pack, so a long one would swell it.
_LONGEST_NAME: Final = 160
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-:./_]*")
_VALUES: Final = ("v", "vb", "vs", "vd")
_NUMBERS: Final = ("bt", "bv", "bs", "t", "s", "v")
_TEXTS: Final = ("bn", "bu", "n", "u", "vs")

Fields = Mapping[str, object]
Plain = float | bool | str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record with everything that its pack says of it."""

    name: str
    unit: str
    #: None: there is only a sum, or data.
    value: Plain
    sum: float | None
    #: As written: from 1970 or from now; None when the pack says nothing.
    seconds: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Base:
    name: str = ""
    unit: str = ""
    time: float | None = None
    value: float = 0.0
    sum: float | None = None


def resolved(pack: Sequence[object]) -> list[Record | Malformed] | Malformed:
    """Resolve a pack, or say why nothing of it can be understood."""
    for each in pack:
        if isinstance(each, dict) and (fault := _beyond_us(each)):
            return fault
    return list(_records(pack))


def _beyond_us(fields: Fields) -> Malformed | None:
    if any(str(label).endswith("_") for label in fields):
        return _wrong("a field that must be understood, and is not")
    version = number_of(fields.get("bver", _VERSION))
    if version is None or version > _VERSION:
        return _wrong(f"expected version {_VERSION} of SenML or less")
    return None


def _records(pack: Sequence[object]) -> Iterator[Record | Malformed]:
    base = _Base()
    for fields in pack:
        numbers = _typed(fields)
        if isinstance(numbers, Malformed) or not isinstance(fields, dict):
            yield numbers if isinstance(numbers, Malformed) else _wrong("expected each record to be an object")
            continue
        base = _based(base, fields, numbers)
        record = _record(base, fields, numbers)
        if record is not None:
            yield record


def _typed(fields: object) -> Mapping[str, float] | Malformed:
    """Check the types of all fields, and hand out the numbers."""
    if not isinstance(fields, dict):
        return _wrong("expected each record to be an object")
    numbers = {label: number_of(fields[label]) for label in _NUMBERS if label in fields}
    texts = all(isinstance(fields.get(label, ""), str) for label in _TEXTS)
    if not texts or not isinstance(fields.get("vb", True), bool) or None in numbers.values():
        return _wrong("expected other types in a record")
    return {label: number for label, number in numbers.items() if number is not None}


def _based(base: _Base, fields: Fields, numbers: Mapping[str, float]) -> _Base:
    return replace(
        base,
        name=str(fields.get("bn", base.name)),
        unit=str(fields.get("bu", base.unit)),
        time=numbers.get("bt", base.time),
        value=numbers.get("bv", base.value),
        sum=numbers.get("bs", base.sum),
    )


def _record(base: _Base, fields: Fields, numbers: Mapping[str, float]) -> Record | Malformed | None:
    there = [label for label in _VALUES if label in fields]
    if len(there) > 1:
        return _wrong("expected one value in a record")
    if not there and "s" not in fields and base.sum is None:
        # RFC 8428 wants a value; a record that only sets the base for those that follow is common all the same.
        return (
            None if not fields.keys() - {"bn", "bt", "bu", "bv", "bs", "bver"} else _wrong("a record without a value")
        )
    own = str(fields.get("n", ""))
    if len(base.name) + len(own) > _LONGEST_NAME or not _NAME.fullmatch(base.name + own):
        return _wrong("expected a name of letters, digits and - : . / _")
    return Record(
        name=base.name + own,
        unit=str(fields.get("u", base.unit)),
        value=_value(base, fields, numbers),
        sum=_total(base.sum, numbers.get("s")),
        seconds=_total(base.time, numbers.get("t")),
    )


def _value(base: _Base, fields: Fields, numbers: Mapping[str, float]) -> Plain:
    if "v" in numbers:
        return base.value + numbers["v"]
    value = fields.get("vb", fields.get("vs"))
    return value if isinstance(value, bool | str) else None


def _total(base: float | None, own: float | None) -> float | None:
    if base is None and own is None:
        return None
    total = (base or 0.0) + (own or 0.0)
    return total if math.isfinite(total) else math.inf


def _wrong(detail: str) -> Malformed:
    return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=detail)
