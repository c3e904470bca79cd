"""A sensor is silent although its gateway speaks: it is broken, or its battery is empty."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome, WatchedSensor
from detectors.concern import Concern
from detectors.observed import observed_between
from detectors.state import HomeState
from detectors.wording import joined, placed, span

KIND: Final = "sensor_silent"


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every sensor that was silent for too long while its gateway was heard."""
    return tuple(_concerns(state, home, now))


def _concerns(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Concern]:
    for sensor in home.sensors:
        since = sensor_last_heard(state, sensor)
        if sensor.silent_after_seconds is None or since is None:
            continue
        limit = timedelta(seconds=sensor.silent_after_seconds)
        if now - since < limit:  # quick: what was observed is never more than what went by
            continue
        silent_for = observed_between(state.slots, since, now)
        if silent_for >= limit:
            yield _concern(sensor, since, silent_for, limit)


def sensor_last_heard(state: HomeState, sensor: WatchedSensor) -> datetime | None:
    """Tell when a sensor spoke last; one that never did is counted from when it was first watched."""
    heard = state.sensor_heard.get(sensor.sensor_id)
    enrolled = state.sensor_enrolled.get(sensor.sensor_id)
    if heard is None or enrolled is None:
        return heard or enrolled
    return max(heard, enrolled)


def _concern(sensor: WatchedSensor, since: datetime, silent_for: timedelta, limit: timedelta) -> Concern:
    length, bound = span(silent_for), span(limit)
    return Concern(
        kind=KIND,
        hazard=Hazard.SENSOR,
        severity=Severity.DEVICE,
        since=since,
        about=sensor.sensor_id,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(
                    ko=f"센서 무응답 {length.ko} · 한계 {bound.ko}",
                    en=f"sensor not heard for {length.en} · limit {bound.en}",
                ),
                placed(sensor.room),
            ),
            values={"silent_seconds": silent_for.total_seconds()},
            limit=limit.total_seconds(),
            sensor_id=sensor.sensor_id,
            room=sensor.room or None,
        ),
    )
