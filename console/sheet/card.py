"""The sheet for 119 in the order in which it is read out: where, what, who, what endangers, how one gets in."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.sheet import KeyHolder, Sheet
from console.rows import room_of
from console.spans import clock_time, span
from console.words import Words


@dataclass(frozen=True, kw_only=True)
class Card:
    """What an operator reads out, line by line."""

    headline: str
    where: str
    lines: tuple[tuple[str, str], ...]
    test: bool
    written: str


def card_of(sheet: Sheet, words: Words, now: datetime) -> Card:
    """Write the sheet in the reader's language; what is not known is left out."""
    zone = ZoneInfo(sheet.timezone)
    what = sheet.what.ko if words.language == "ko" else sheet.what.en
    lines = (
        ("what", " · ".join(part for part in (what, room_of(sheet.room, words) if sheet.room else "") if part)),
        ("since", f"{clock_time(sheet.since, now=now, zone=zone)} ({span(words, now - sheet.since)})"),
        ("recovered", clock_time(sheet.restored_at, now=now, zone=zone) if sheet.restored_at else ""),
        ("who", words("offer.person", name=sheet.resident, age=sheet.age, sex=words(f"sex.{sheet.sex}"))),
        ("hazards", sheet.hazards),
        ("entry", sheet.entry),
        ("keys", " / ".join(_key(one, words) for one in sheet.key_holders)),
        ("health", sheet.health),
        ("hearing", sheet.hearing),
        ("animals", sheet.animals),
        ("phone", sheet.phone),
        ("ours", _ours(sheet, words)),
    )
    return Card(
        headline=words(f"severity.{sheet.severity}"),
        where=sheet.address if sheet.dong in sheet.address else f"{sheet.dong} {sheet.address}",
        lines=tuple((words(f"sheet.{key}"), text) for key, text in lines if text),
        test=sheet.test,
        written=clock_time(now, now=now, zone=zone),
    )


def _key(holder: KeyHolder, words: Words) -> str:
    return " ".join(part for part in (holder.name, words(f"kind.{holder.kind}"), holder.phone) if part)


def _ours(sheet: Sheet, words: Words) -> str:
    counts = {"on_the_way": sheet.on_the_way, "at_the_door": sheet.at_the_door, "inside": sheet.inside}
    return " · ".join(words(f"sheet.{key}", n=count) for key, count in counts.items() if count)
