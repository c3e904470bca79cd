"""A detector is past its life: it may look healthy and see nothing (of old gas detectors 73 % failed).

When a device was made, the home's plan says (`made`); one without a date is never told.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from contracts import Evidence, Hazard, Made, Sentence, Severity, WatchedHome
from detectors.concern import Concern
from detectors.looking import Look
from detectors.state import HomeState
from detectors.wording import joined, placed, sensor_of

KIND: Final = "detector_expired"
#: It begins with the day only; whatever the home says may be the first word of that day.
WAKES_ON: Final[frozenset[type]] = frozenset()
#: Years of life by what a device is (domain facts, §7 no. 29); any other lasts as long as the programme keeps devices.
LIFE_YEARS: Final = {"smoke": 10, "heat": 10, "carbon_monoxide": 7, "gas": 5}
ANY_LIFE_YEARS: Final = 5


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every device that is older than its kind may be."""
    if not home.plan.made:
        return ()
    return tuple(_concerns(home, now))


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the first device is past its life."""
    ends = [ends_at(home, one) for one in home.plan.made]
    return min(ends, default=datetime.max.replace(tzinfo=ZoneInfo("UTC")))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every device with a date how long its life lasts still."""
    del state
    what = Sentence(ko="남은 수명", en="life left")
    return tuple(
        Look(
            what=what, value=(ends_at(home, made) - now).total_seconds(), limit=0.0, falling=True, about=made.sensor_id
        )
        for made in home.plan.made
    )


def life_years(home: WatchedHome, sensor_id: str) -> int:
    """Tell how many years a device may serve."""
    sensor = sensor_of(home, sensor_id)
    return LIFE_YEARS.get(sensor.kind, ANY_LIFE_YEARS) if sensor else ANY_LIFE_YEARS


def ends_at(home: WatchedHome, made: Made) -> datetime:
    """Tell when a device's life ends: with the day on which it is so many years old, by the home's own clock."""
    year = made.day.year + life_years(home, made.sensor_id)
    leap_day = (made.day.month, made.day.day) == (2, 29)
    day = date(year, 3, 1) if leap_day else made.day.replace(year=year)
    return datetime.combine(day, time(), ZoneInfo(home.timezone)).astimezone(ZoneInfo("UTC"))


def _concerns(home: WatchedHome, now: datetime) -> Iterator[Concern]:
    for made in home.plan.made:
        since, years, sensor = ends_at(home, made), life_years(home, made.sensor_id), sensor_of(home, made.sensor_id)
        if now < since:
            continue
        room, kind = (sensor.room, sensor.kind) if sensor else ("", "")
        yield Concern(
            kind=KIND,
            hazard=Hazard.SENSOR,
            severity=Severity.DEVICE,
            since=since,
            about=made.sensor_id,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=joined(
                    Sentence(ko=f"교체 시기 지남: 제조 {made.day}", en=f"due for replacement: made {made.day}"),
                    Sentence(ko=f"수명 {years}년", en=f"life {years} years"),
                    placed(room),
                ),
                values={"made_on": made.day.isoformat(), "kind": kind},
                limit=float(years),
                sensor_id=made.sensor_id,
                room=room or None,
            ),
        )
