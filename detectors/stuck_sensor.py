"""A stuck sensor: movement without one pause for hours, or air that does not change at all for days.

A door may rightly stay shut for weeks, and a radar may see somebody who is bedridden: neither is judged by sameness.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Hazard, Sentence, WatchedHome
from contracts.values import Motion, Temperature
from detectors.concern import Concern
from detectors.devices import AIR_HOURS, HOURS, Moving, Sameness
from detectors.devices_told import ailing
from detectors.looking import Look, seconds
from detectors.state import HomeState
from detectors.wording import joined, span

KIND: Final = "stuck_sensor"
#: In hundredths of a degree: a sensor that tells whole degrees is coarse, not stuck.
_WHOLE: Final = 100
WAKES_ON: Final[tuple[type, ...]] = (
    Motion,
    Temperature,
)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every sensor that has said the same for so long that it says nothing any more; another word ends it."""
    if not state.doubtful:
        return ()
    return tuple(_concerns(state, home, now))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every sensor for how long it has said the same."""
    del now
    moving = Sentence(ko="쉼 없이 움직임", en="movement without a pause")
    same = Sentence(ko="온도가 변하지 않음", en="temperature unchanged")
    motion_limit = timedelta(seconds=home.plan.stuck_motion_seconds)
    air_limit = min(timedelta(seconds=home.plan.stuck_air_seconds), timedelta(hours=HOURS - 1))
    looks: list[Look] = []
    for sensor_id, device in state.devices.items():
        if device.motion is not None:
            looks.append(seconds(moving, timedelta(hours=moving_for(device.motion)), motion_limit, about=sensor_id))
        if device.air is not None:
            looks.append(seconds(same, same_for(device.air), air_limit, about=sensor_id))
    return tuple(looks)


def moving_for(motion: Moving | None) -> int:
    """Count the hours, up to its last word, in each of which it saw movement and never a pause."""
    # A sensor that never says "still" is not stuck: its driver leaves that out.
    if motion is None or motion.still is None:
        return 0
    in_a_row = (~motion.hours & motion.hours + 1).bit_length() - 1
    return max(0, min(motion.hour - motion.still, in_a_row))


def same_for(air: Sameness | None) -> timedelta:
    """Tell for how long the air was the same, when the sensor spoke in enough of those hours."""
    if air is None or air.value % _WHOLE == 0 or air.hours.bit_count() < AIR_HOURS:
        return timedelta(0)
    heard_for = timedelta(hours=air.hours.bit_length() - 1)
    return heard_for if air.other_at is None else min(timedelta(seconds=air.at - air.other_at), timedelta(hours=HOURS))


def _concerns(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Concern]:
    motion_limit = timedelta(seconds=home.plan.stuck_motion_seconds)
    # More hours than are remembered cannot be asked for.
    air_limit = min(timedelta(seconds=home.plan.stuck_air_seconds), timedelta(hours=HOURS - 1))
    for sensor_id in sorted(state.doubtful):
        device = state.devices[sensor_id]
        if (moving := timedelta(hours=moving_for(device.motion))) >= motion_limit:
            yield _concern(
                state, home, sensor_id, moving, motion_limit, now, ko="쉼 없이 움직임", en="movement without a pause"
            )
        elif (same := same_for(device.air)) >= air_limit:
            yield _concern(
                state, home, sensor_id, same, air_limit, now, ko="온도가 전혀 변하지 않음", en="temperature unchanged"
            )


def _concern(
    state: HomeState,
    home: WatchedHome,
    sensor_id: str,
    length: timedelta,
    limit: timedelta,
    now: datetime,
    *,
    ko: str,
    en: str,
) -> Concern:
    so_long, bound = span(length), span(limit)
    return ailing(
        state,
        home,
        kind=KIND,
        hazard=Hazard.SENSOR,
        about=sensor_id,
        sentence=joined(
            Sentence(ko=f"센서 고착 의심: {so_long.ko} 동안 {ko}", en=f"sensor stuck? {en} for {so_long.en}"),
            Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
        ),
        values={"same_seconds": length.total_seconds()},
        limit=limit.total_seconds(),
        now=now,
    )
