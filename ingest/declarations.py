"""What a gateway says once of its own words (a discovery, a birth), without which its later messages mean nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

#: One home's gateways may declare so much; a house full of devices says a third of it.
MOST_DECLARATIONS: Final = 2_000
MOST_BYTES: Final = 2_000_000
#: Of what is remembered only while the bridge lives, so many.
MOST_VOLATILE: Final = 500
LONGEST_NAME: Final = 512


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """One word of a gateway, explained by itself."""

    dialect: str
    #: What it is about, unique in its home and dialect: a state topic, a Sparkplug node or device.
    name: str
    #: JSON in the dialect's own shape; empty: it was taken back.
    meaning: bytes
    #: Of the moment only (a count, a question asked): remembered while the bridge lives, never stored.
    volatile: bool = False


#: The declarations of one home, by dialect and name.
Declared = Mapping[tuple[str, str], Declaration]


def declared_with(declared: Declared, news: Iterable[Declaration]) -> Declared:
    """Add what was declared, the newest word winning; what was taken back is gone. A new mapping, the old one stays."""
    merged = dict(declared)
    learn(merged, news)
    return merged


def learn(declared: dict[tuple[str, str], Declaration], news: Iterable[Declaration]) -> None:
    """Add what was declared to a mapping of the caller's own."""
    for each in news:
        if each.meaning:
            declared[(each.dialect, each.name)] = each
        else:
            declared.pop((each.dialect, each.name), None)


@dataclass(slots=True)
class _Room:
    """What a home's memory holds while a message is weighed; counted once, for a message may declare a thousand."""

    held: dict[tuple[str, str], Declaration]
    count: dict[bool, int]
    bytes: int

    def put(self, each: Declaration) -> str:
        """Remember one, or say why there is no room."""
        before = self.held.get((each.dialect, each.name))
        more, larger = before is None, _size(each) - (_size(before) if before else 0)
        if len(each.name) > LONGEST_NAME or not each.name.isprintable():
            return f"expected names of at most {LONGEST_NAME} printable characters"
        if more and self.count[each.volatile] >= (most := MOST_VOLATILE if each.volatile else MOST_DECLARATIONS):
            return f"expected at most {most} declarations of one home"
        if larger > 0 and self.bytes + larger > MOST_BYTES:
            return f"expected at most {MOST_BYTES} bytes of declarations of one home"
        self.held[(each.dialect, each.name)] = each
        self.count[each.volatile] += more
        self.bytes += larger
        return ""

    def drop(self, each: Declaration) -> None:
        before = self.held.pop((each.dialect, each.name))
        self.count[before.volatile] -= 1
        self.bytes -= _size(before)


def fitting(declared: Declared, said: tuple[Declaration, ...]) -> tuple[tuple[Declaration, ...], str]:
    """Choose what of a message is news and has room in its home's memory, and say why the rest has none."""
    if not said:
        return (), ""
    volatile = sum(each.volatile for each in declared.values())
    room = _Room(
        held=dict(declared),
        count={True: volatile, False: len(declared) - volatile},
        bytes=sum(map(_size, declared.values())),
    )
    news: list[Declaration] = []
    trouble = ""
    for each in said:
        before = room.held.get((each.dialect, each.name))
        if before == each or (before is None and not each.meaning):
            continue
        if not each.meaning:
            room.drop(each)
        elif why := room.put(each):
            trouble = why
            continue
        news.append(each)
    return tuple(news), trouble


def _size(each: Declaration) -> int:
    return len(each.name) + len(each.meaning)
