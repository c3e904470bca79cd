"""How a gateway puts a sighting into words: our own JSON, Zigbee2MQTT's, or SenML's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import Final

import msgspec

from contracts import HomeId, Value, shard_of
from contracts.values import (
    Battery,
    CarbonMonoxide,
    Contact,
    Gas,
    GatewayStatus,
    HelpButton,
    Humidity,
    LinkQuality,
    Motion,
    Smoke,
    Tamper,
    Temperature,
    WaterLeak,
)
from simulator.dice import roll
from simulator.household import Household, Sighting

GATEWAY: Final = "gateway"


class Dialect(StrEnum):
    """The words that a home's devices use; what a dialect cannot say, its gateway says natively."""

    NATIVE = "native"
    ZIGBEE2MQTT = "zigbee2mqtt"
    SENML = "senml"


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a gateway publishes, QoS 1."""

    topic: str
    payload: bytes
    retain: bool = False


def dialect_of(household: Household) -> Dialect:
    """Tell which dialect a home speaks: most speak ours."""
    share = roll(household.seed, "dialect")
    if share < 0.7:
        return Dialect.NATIVE
    return Dialect.ZIGBEE2MQTT if share < 0.9 else Dialect.SENML


def speaks_directly(household: Household) -> bool:
    """Tell whether a home's foreign devices speak to the broker themselves, with no gateway of ours between."""
    return roll(household.seed, "direct") < 0.5


def acknowledgements(home: str) -> str:
    """Name the topic on which a gateway hears what Kafka has of its home."""
    return f"ack/{home}"


def topic_of(home: HomeId, dialect: Dialect, rest: str) -> str:
    """Name the topic on which a home says something."""
    return f"home/{shard_of(home):02x}/{home}/{dialect}/{rest}"


def native(home: HomeId, sightings: Sequence[Sighting], *, session: int, seq: int) -> Message:
    """Say sightings in our own JSON, numbered so that the gateway can be told how far we heard it."""
    body = {"home": home, "session": session, "seq": seq, "readings": [reading_of(sighting) for sighting in sightings]}
    return Message(topic=topic_of(home, Dialect.NATIVE, "readings"), payload=msgspec.json.encode(body))


def status(home: HomeId, *, online: bool, session: int, at: datetime | None) -> Message:
    """Say that the gateway came (its birth) or went (its last will, written before it knows when)."""
    said: dict[str, object] = {"sensor": GATEWAY, "value": GatewayStatus(online=online, session=session)}
    if at is not None:
        said["at"] = _iso(at)
    body = {"home": home, "session": session, "readings": [said]}
    return Message(topic=topic_of(home, Dialect.NATIVE, "status"), payload=msgspec.json.encode(body), retain=True)


def spoken(
    home: HomeId, dialect: Dialect, sightings: Sequence[Sighting], *, session: int, seq: int
) -> tuple[Message, ...]:
    """Put sightings into a home's dialect, in their order; native messages are numbered from `seq` on."""
    return tuple(_said(home, dialect, sightings, session=session, seq=seq))


def reading_of(sighting: Sighting) -> dict[str, object]:
    """Say a sighting as one of our own readings."""
    return {"sensor": sighting.sensor_id, "at": _iso(sighting.at), "value": sighting.value}


def forwarded_of(dialect: Dialect, sighting: Sighting) -> dict[str, object] | None:
    """Say a sighting as the device did, to be forwarded by a gateway of ours; None when the dialect cannot say it."""
    if not can_say(dialect, sighting.value):
        return None
    message = _foreign(HomeId(""), dialect, sighting)
    topic = message.topic.split("/", 4)[4]
    return {"dialect": dialect, "topic": topic, "payload": message.payload.decode(), "at": _iso(sighting.at)}


def _said(
    home: HomeId, dialect: Dialect, sightings: Sequence[Sighting], *, session: int, seq: int
) -> Iterator[Message]:
    number = seq
    for foreign, run in groupby(sightings, key=lambda sighting: can_say(dialect, sighting.value)):
        if foreign:
            yield from (_foreign(home, dialect, sighting) for sighting in run)
            continue
        yield native(home, tuple(run), session=session, seq=number)
        number += 1


def can_say(dialect: Dialect, value: Value) -> bool:
    """Tell whether a dialect's devices have words for a value."""
    match dialect:
        case Dialect.NATIVE:
            return False
        case Dialect.ZIGBEE2MQTT:
            return bool(_zigbee2mqtt(value))
        case Dialect.SENML:
            return _senml(value) is not None


def _foreign(home: HomeId, dialect: Dialect, sighting: Sighting) -> Message:
    if dialect is Dialect.SENML:
        record = {"bn": f"{sighting.sensor_id}:", "bt": sighting.at.timestamp(), **(_senml(sighting.value) or {})}
        return Message(topic=topic_of(home, dialect, sighting.sensor_id), payload=msgspec.json.encode([record]))
    body = {**_zigbee2mqtt(sighting.value), "last_seen": _iso(sighting.at)}
    topic = topic_of(home, dialect, f"zigbee2mqtt/{sighting.sensor_id}")
    return Message(topic=topic, payload=msgspec.json.encode(body))


def _zigbee2mqtt(value: Value) -> Mapping[str, object]:
    match value:
        case Motion(active=active):
            return {"occupancy": active}
        case Contact(open=is_open):
            return {"contact": not is_open}
        case HelpButton():
            return {"action": "emergency"}
        case Smoke(active=active):
            return {"smoke": active}
        case Gas(active=active):
            return {"gas": active}
        case CarbonMonoxide(active=active):
            return {"carbon_monoxide": active}
        case WaterLeak(active=active):
            return {"water_leak": active}
        case Tamper(active=active):
            return {"tamper": active}
        case _:
            return _zigbee2mqtt_measured(value)


def _zigbee2mqtt_measured(value: Value) -> Mapping[str, object]:
    match value:
        case Temperature(celsius=celsius):
            return {"temperature": celsius}
        case Humidity(percent=percent):
            return {"humidity": percent}
        case LinkQuality(score=score):
            return {"linkquality": score}
        case Battery(percent=percent, low=low):
            return {name: said for name, said in (("battery", percent), ("battery_low", low)) if said is not None}
        case _:
            return {}


def _senml(value: Value) -> Mapping[str, object] | None:
    match value:
        case Temperature(celsius=celsius):
            return {"n": "temperature", "u": "Cel", "v": celsius}
        case Humidity(percent=percent):
            return {"n": "humidity", "u": "%RH", "v": percent}
        case Motion(active=active):
            return {"n": "motion", "vb": active}
        case Smoke(active=active):
            return {"n": "smoke", "vb": active}
        case HelpButton():
            return {"n": "help_button", "vb": True}
        case _:
            return None


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
