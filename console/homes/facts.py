"""The four facts at the head of a home's page; a figure that is not known is told as not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.homes.raster import HELD, UNSEEN, place_of
from console.rows import room_of
from console.spans import clock_time, span
from console.strips import BIN, CELLS, Cell, shade_of
from console.words import Words
from history.glance.words import Word
from homes.model import Home

#: A day counts as usual when so much of it, up to this time of day, was observed and no hold.
_SEEN_SHARE: Final = 0.8
#: In the first hour of a day there is nothing to compare.
_EARLY: Final = 4
#: So many such days make a usual.
LEAST_DAYS: Final = 7
#: The air is told as it is now when it was measured this lately.
_AIR_LASTS: Final = timedelta(hours=3)
NO_FACT: Final = "—"
#: From here on somebody is at home, and below this they are away; between them nobody knows.
_SURE: Final = 0.8
_EVEN: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One of the four: what it is about, its value, and what stands under it."""

    key: str
    value: str
    about: str
    #: The moment itself, where the value is relative.
    title: str = ""


def moved_fact(home: Home, moved: tuple[datetime, str] | None, words: Words, now: datetime, zone: ZoneInfo) -> Fact:
    """Tell when and where somebody last moved."""
    if moved is None:
        return Fact(key="moved", value=NO_FACT, about=words("home.moved.never"))
    at, sensor_id = moved
    room = next((one.room for one in home.sensors if one.sensor_id == sensor_id), "")
    where = room_of(room, words) if room else ""
    ago = words("eng.ago", span=span(words, now - at))
    return Fact(
        key="moved",
        value=clock_time(at, now=now, zone=zone).rsplit(":", 1)[0] if _today(at, now, zone) else _short(at, zone),
        about=" · ".join(part for part in (where, ago) if part),
        title=f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
    )


def activity_fact(cells: Sequence[Cell], looks: Sequence[str], words: Words, now: datetime, zone: ZoneInfo) -> Fact:
    """Tell how much was moved today beside the same hours of the days before; `looks` say what cells are drawn as."""
    _, at = place_of(now, zone)
    passed = max(1, int(at))
    if passed < _EARLY:
        return Fact(key="activity", value=NO_FACT, about=words("home.activity.early"))
    days = [(cells[n : n + CELLS], looks[n : n + CELLS]) for n in range(0, len(cells) - CELLS + 1, CELLS)]
    *before, (today, _) = days
    usual = [
        sum(cell.movements for cell in day[:passed])
        for day, drawn in before
        if sum(look not in (UNSEEN, HELD) for look in drawn[:passed]) >= _SEEN_SHARE * passed
    ]
    if len(usual) < LEAST_DAYS:
        return Fact(
            key="activity", value=NO_FACT, about=words("home.activity.learning", days=len(usual), of=LEAST_DAYS)
        )
    mean = sum(usual) / len(usual)
    if not mean:
        return Fact(key="activity", value=NO_FACT, about=words("home.activity.none"))
    seen = sum(shade_of(cell) != UNSEEN for cell in today[:passed])
    percent = round(100 * sum(cell.movements for cell in today[:passed]) / mean)
    about = words("home.activity.about", days=len(usual))
    if seen < _SEEN_SHARE * passed:
        about = words("home.activity.gaps", span=span(words, (passed - seen) * BIN))
    return Fact(key="activity", value=f"{percent} %", about=about)


def inside_fact(
    home: Home, chance: float | None, heard: Sequence[Word], words: Words, now: datetime, zone: ZoneInfo
) -> Fact:
    """Tell whether somebody is inside, as likely as the detectors hold it, and what the door said last."""
    if chance is None:
        return Fact(key="inside", value=NO_FACT, about=words("home.inside.unknown"))
    word = "home" if round(chance, 6) >= _SURE else "away" if chance < _EVEN else "unsure"
    door = _door(home, heard, words, now, zone)
    about = words("home.inside.chance", n=round(100 * chance))
    return Fact(key="inside", value=words(f"home.inside.{word}"), about=f"{about} · {door}" if door else about)


def climate_fact(home: Home, heard: Sequence[Word], words: Words, now: datetime, zone: ZoneInfo) -> Fact:
    """Tell how warm and how damp it is indoors."""
    rooms: dict[str, str] = {sensor.sensor_id: sensor.room for sensor in home.sensors}
    warm = _newest(heard, "temperature")
    damp = _newest(heard, "humidity")
    if warm is None or warm.value is None:
        return Fact(key="climate", value=NO_FACT, about=words("home.climate.none"))
    where = room_of(rooms.get(warm.sensor_id, ""), words) if rooms.get(warm.sensor_id) else ""
    wet = words("home.climate.humidity", n=round(damp.value)) if damp and damp.value is not None else ""
    old = words("eng.ago", span=span(words, now - warm.at)) if now - warm.at > _AIR_LASTS else ""
    return Fact(
        key="climate",
        value=f"{warm.value:.1f} °C",
        about=" · ".join(part for part in (wet, where, old) if part),
        title=f"{warm.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
    )


def _door(home: Home, heard: Sequence[Word], words: Words, now: datetime, zone: ZoneInfo) -> str:
    doors: dict[str, str] = {one.sensor_id: one.room for one in home.sensors if one.kind == "contact"}
    word = max((one for one in heard if one.sensor_id in doors and one.kind == "contact"), key=_when, default=None)
    if word is None:
        return ""
    time = clock_time(word.at, now=now, zone=zone)
    return words(
        "home.inside.door",
        room=room_of(doors[word.sensor_id], words),
        time=time[:5] if _today(word.at, now, zone) else time,
        state=words("home.inside.open" if word.value else "home.inside.closed"),
    )


def _when(word: Word) -> datetime:
    return word.at


def _newest(heard: Sequence[Word], kind: str) -> Word | None:
    return max((word for word in heard if word.kind == kind), key=lambda word: word.at, default=None)


def _today(at: datetime, now: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).date() == now.astimezone(zone).date()


def _short(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%m.%d %H:%M}"
