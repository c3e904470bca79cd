"""The devices of a home as its page lists them: when each was last heard, how it stands, and what it cannot protect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from console.rows import room_of
from console.spans import ZONE, clock_time, span
from console.words import Words
from contracts import Supply, WatchedSensor, WatchPlan
from history.glance.words import Word
from homes.model import Home

#: A battery from here down is told as low, as the detectors tell it.
_LOW_PERCENT: Final = 15.0
_SCORES: Final = (30.0, 80.0, 140.0)
_DBM: Final = (-88.0, -80.0, -67.0)
#: What a gateway says of itself.
_GATEWAY_KINDS: Final = frozenset({"heartbeat", "gateway_status"})


class Health(StrEnum):
    """How a device stands."""

    GOOD = "good"
    #: Said nothing for longer than it may.
    SILENT = "silent"
    #: Its gateway says that it cannot reach it.
    AWAY = "away"
    BATTERY = "battery"
    #: Registered, and not heard in the last week.
    NEVER = "never"


class Protection(StrEnum):
    """Whether anybody would notice if the resident needed help."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class SensorRow:
    """One device of the list."""

    id: str
    room: str
    kind: str
    heard: str
    heard_at: str
    battery: str
    #: Of four; None: it never said.
    bars: int | None
    health: Health

    @property
    def bad(self) -> bool:
        """Tell whether somebody must look after it."""
        return self.health is not Health.GOOD


def sensor_rows(home: Home, heard: Sequence[Word], words: Words, now: datetime) -> tuple[SensorRow, ...]:
    """List the registered devices, and the gateway after them."""
    by_sensor: dict[str, dict[str, Word]] = {}
    for word in heard:
        by_sensor.setdefault(word.sensor_id, {})[word.kind] = word
    rows = [_row(one, by_sensor.get(one.sensor_id, {}), home.plan, words, now) for one in home.sensors]
    known = {one.sensor_id for one in home.sensors}
    gateways = {name: said for name, said in by_sensor.items() if name not in known and _GATEWAY_KINDS & said.keys()}
    return (*rows, *(_gateway(name, said, home.plan, words, now) for name, said in gateways.items()))


def protection_of(rows: Iterable[SensorRow], *, not_protected: bool) -> Protection:
    """Tell how far a home is protected: not at all when a finding says so, in part when a device is silent."""
    if not_protected:
        return Protection.NONE
    lost = any(row.health in (Health.SILENT, Health.AWAY, Health.NEVER) for row in rows)
    return Protection.PART if lost else Protection.WHOLE


def silent_after(sensor: WatchedSensor, plan: WatchPlan) -> timedelta | None:
    """Tell for how long a sensor may say nothing; None: for ever, as nobody knows what feeds it."""
    by_supply = {
        Supply.MAINS: plan.mains_sensor_silent_seconds,
        Supply.BATTERY: plan.battery_sensor_silent_seconds,
    }
    seconds = sensor.silent_after_seconds or by_supply.get(sensor.supply)
    return timedelta(seconds=seconds) if seconds else None


def _row(sensor: WatchedSensor, said: Mapping[str, Word], plan: WatchPlan, words: Words, now: datetime) -> SensorRow:
    own = [word.at for kind, word in said.items() if kind != "device_status"]
    heard = max(own, default=None)
    return SensorRow(
        id=sensor.sensor_id,
        room=room_of(sensor.room, words) if sensor.room else "",
        kind=words.texts.get(f"sensor.{sensor.kind}", sensor.kind),
        heard=words("eng.ago", span=span(words, now - heard)) if heard else words("eng.never"),
        heard_at=clock_time(heard, now=now, zone=ZONE) if heard else "",
        battery=_battery(sensor, said, words),
        bars=_bars(said),
        health=_health(sensor, said, heard, plan, now),
    )


def _gateway(name: str, said: Mapping[str, Word], plan: WatchPlan, words: Words, now: datetime) -> SensorRow:
    heard = max(word.at for word in said.values())
    silent = now - heard > timedelta(seconds=plan.gateway_silent_seconds)
    return SensorRow(
        id=name,
        room="",
        kind=words("homes.gateway"),
        heard=words("eng.ago", span=span(words, now - heard)),
        heard_at=clock_time(heard, now=now, zone=ZONE),
        battery=words("homes.mains"),
        bars=_bars(said),
        health=Health.SILENT if silent else Health.GOOD,
    )


def _health(
    sensor: WatchedSensor, said: Mapping[str, Word], heard: datetime | None, plan: WatchPlan, now: datetime
) -> Health:
    if heard is None:
        return Health.NEVER
    reach = said.get("device_status")
    if reach and reach.value == 0.0 and reach.at >= heard:
        return Health.AWAY
    limit = silent_after(sensor, plan)
    if limit and now - heard > limit:
        return Health.SILENT
    charge = said.get("battery")
    low = charge is not None and charge.value is not None and charge.value <= _LOW_PERCENT
    return Health.BATTERY if low else Health.GOOD


def _battery(sensor: WatchedSensor, said: Mapping[str, Word], words: Words) -> str:
    charge = said.get("battery")
    if charge is not None and charge.value is not None:
        return f"{charge.value:.0f} %"
    return words("homes.mains") if sensor.supply is Supply.MAINS else ""


def _bars(said: Mapping[str, Word]) -> int | None:
    link = said.get("link_quality")
    if link is None or link.value is None:
        return None
    # A scale that grows from 0 (Zigbee's 0 to 255, percent), or dBm below 0: one bar is what the detectors call weak.
    steps = _DBM if link.value < 0 else _SCORES
    return 1 + sum(link.value > step for step in steps)
