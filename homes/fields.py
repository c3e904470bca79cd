"""Read typed fields out of a parsed tree, keeping every fault with its place instead of stopping at the first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)

#: A number or text that is wrong reads as this; a street with faults is never handed out.
_MISSING: Final = object()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something in a file that cannot be used: where, and what to do about it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Node:
    """A mapping at a place of the file; reading a field that is wrong records a fault and answers a stand-in."""

    def __init__(self, value: object, place: str, faults: list[Fault]) -> None:
        self.place = place
        self._faults = faults
        self._asked: set[str] = set()
        self._fields: dict[object, object] = value if isinstance(value, dict) else {}
        if not isinstance(value, dict):
            self.refuse("", f"이름: 값 목록이 필요합니다 (expected a mapping, got {_what(value)})")

    def refuse(self, name: str, message: str) -> None:
        """Record a fault at a field of this mapping, or at the mapping itself."""
        place = ".".join(part for part in (self.place, name) if part)
        self._faults.append(Fault(place=place, message=message))

    def text(self, name: str, default: str | None = None, *, pattern: str = "", hint: str = "") -> str:
        """Read a text; without a default it must be there and not be blank."""
        value = self._value(name)
        if value is _MISSING and default is not None:
            return default
        if not isinstance(value, str):
            self.refuse(name, f"글자가 필요합니다 (expected text{_quoted_hint(value)}, got {_what(value)})")
            return ""
        if default is None and not value.strip():
            self.refuse(name, "비어 있습니다 (must not be blank)")
        elif any(not (letter.isprintable() or letter == "\n") for letter in value):
            self.refuse(name, "제어 문자는 쓸 수 없습니다 (control characters are not allowed)")
        elif pattern and value and not re.fullmatch(pattern, value):
            self.refuse(name, f"{hint}, 입력값 (got) {value!r}")
        return value

    def whole(self, name: str, default: int | None = None, *, least: int, most: int) -> int:
        """Read a whole number between two bounds."""
        value = self._value(name)
        if value is _MISSING and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(name, f"{least}~{most} 정수가 필요합니다 (expected a whole number, got {_what(value)})")
            return least
        return value

    def maybe_whole(self, name: str, *, least: int, most: int) -> int | None:
        """Read a whole number that may be absent."""
        return None if self._absent(name) else self.whole(name, least=least, most=most)

    def maybe_number(self, name: str, *, least: float, most: float) -> float | None:
        """Read a number that may be absent."""
        if self._absent(name):
            return None
        value = self._value(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(name, f"{least:g}~{most:g} 숫자가 필요합니다 (expected a number, got {_what(value)})")
            return None
        return float(value)

    def truth(self, name: str, default: bool) -> bool:
        """Read true or false."""
        value = self._value(name)
        if value is _MISSING:
            return default
        if not isinstance(value, bool):
            self.refuse(name, f"true 또는 false 가 필요합니다 (expected true or false, got {_what(value)})")
            return default
        return value

    def moment(self, name: str) -> datetime | None:
        """Read an instant; it must say its offset."""
        value = self._value(name)
        if not isinstance(value, datetime):
            self.refuse(name, f"2026-01-31T09:00:00+09:00 처럼 씁니다 (expected a time, got {_what(value)})")
            return None
        if value.tzinfo is None:
            self.refuse(name, "시간대가 없습니다; +09:00 을 붙이십시오 (the offset is missing; add +09:00)")
            return None
        return value.astimezone(UTC)

    def day(self, name: str) -> date | None:
        """Read a day of the calendar."""
        value = self._value(name)
        if not isinstance(value, date) or isinstance(value, datetime):
            self.refuse(name, f"2019-05-31 처럼 씁니다 (expected a day, got {_what(value)})")
            return None
        return value

    def minute(self, name: str, default: int) -> int:
        """Read a time of the clock as minutes after midnight; 24:00 is the end of the day."""
        value = self._value(name)
        if value is _MISSING:
            return default
        if isinstance(value, str) and (clock := re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])", value)):
            value = int(clock[1]) * 60 + int(clock[2])
        # YAML reads 18:30 without quotes as the number 1110, which is what is meant.
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1440:
            self.refuse(name, f'"09:00" 처럼 씁니다 (expected a time of the clock, got {_what(value)})')
            return default
        return value

    def choice(self, name: str, kinds: type[Choice], default: Choice | None = None) -> Choice | None:
        """Read one word out of a closed set; without a default it must be there."""
        value = self._value(name)
        return default if value is _MISSING and default is not None else self._chosen(name, value, kinds)

    def choices(self, name: str, kinds: type[Choice]) -> tuple[Choice, ...]:
        """Read a list of words out of a closed set; at least one, each once."""
        read = [self._chosen(f"{name}[{place}]", value, kinds) for place, value in enumerate(self._list(name))]
        if not read:
            self.refuse(name, "하나 이상 필요합니다 (at least one is needed)")
        if len(set(read)) < len(read):
            self.refuse(name, "같은 값이 두 번 있습니다 (a word is there twice)")
        return tuple(word for word in read if word is not None)

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts."""
        values = self._list(name)
        for place, value in enumerate(values):
            if not isinstance(value, str):
                self.refuse(f"{name}[{place}]", f"글자가 필요합니다 (expected text, got {_what(value)})")
        return tuple(value for value in values if isinstance(value, str))

    def node(self, name: str) -> "Node":
        """Read a mapping; an absent one reads as empty."""
        value = self._value(name)
        return Node({} if value is _MISSING else value, f"{self.place}.{name}" if self.place else name, self._faults)

    def nodes(self, name: str) -> Iterator["Node"]:
        """Read a list of mappings; an absent one is empty."""
        for place, value in enumerate(self._list(name)):
            yield Node(value, f"{self.place}.{name}[{place}]" if self.place else f"{name}[{place}]", self._faults)

    def end(self) -> None:
        """Record a fault for every field that nobody asked for: a misspelt one must not be a silent default."""
        for name in self._fields:
            if name not in self._asked:
                known = ", ".join(sorted(self._asked))
                self.refuse(str(name), f"모르는 항목입니다 (no such field; there are: {known})")

    def has(self, name: str) -> bool:
        """Tell whether a field is there."""
        return self._value(name) is not _MISSING

    def words_or_nodes(self, name: str) -> Iterator["str | Node"]:
        """Read a list of which each is a word, or a mapping that says more."""
        for place, value in enumerate(self._list(name)):
            if isinstance(value, str):
                yield value
            elif isinstance(value, dict):
                yield Node(value, f"{self.place}.{name}[{place}]", self._faults)
            else:
                self.refuse(
                    f"{name}[{place}]", f"글자나 id 가 있는 목록이 필요합니다 (expected text, got {_what(value)})"
                )

    def _value(self, name: str) -> object:
        self._asked.add(name)
        return self._fields.get(name, _MISSING)

    def _absent(self, name: str) -> bool:
        return self._value(name) in (_MISSING, None)

    def _list(self, name: str) -> list[object]:
        value = self._value(name)
        if value is _MISSING or value is None:
            return []
        if not isinstance(value, list):
            self.refuse(name, f"목록이 필요합니다 (expected a list, got {_what(value)})")
            return []
        return value

    def _chosen(self, name: str, value: object, kinds: type[Choice]) -> Choice | None:
        chosen = next((kind for kind in kinds if kind == value), None)
        if chosen is None:
            self.refuse(name, f"{', '.join(kinds)} 중 하나여야 합니다 (expected one of these, got {_what(value)})")
        return chosen


def _what(value: object) -> str:
    if value is _MISSING:
        return "nothing"
    if value is None or isinstance(value, str | int | float | bool):
        return f"{type(value).__name__} {value!r:.60}"
    return type(value).__name__


def _quoted_hint(value: object) -> str:
    return " in quotes" if isinstance(value, int | float | datetime) else ""
