"""One message explained: its topic, who decoded it, by which line it became what, or what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Final

import msgspec

from contracts import HomeId, Reading, Refusal, RefusalReason, WatchedHome, kind_of, shard_of
from ingest import topics
from ingest.declarations import declared_with
from ingest.decode import DIALECTS, decode
from ingest.decode.text import json_of
from ingest.explain.mends import mends_of
from ingest.intake import Limits, take_in
from ingest.learned import Known, Learned
from ingest.message import Address, GatewayMessage, Malformed

#: The unit of each field of a value, for people.
UNITS: Final[Mapping[str, str]] = {
    **{"celsius": "°C", "percent": "%", "lux": "lx", "watts": "W", "kilowatt_hours": "kWh", "ppm": "ppm"},
    **{"litres_per_minute": "l/min", "litres_total": "l", "heart_per_minute": "/min", "breath_per_minute": "/min"},
}
#: So many unknown fields are named at most.
_MOST_FIELDS: Final = 20
_TREES: Final = ("home", "late")


class Became(msgspec.Struct, frozen=True, kw_only=True):
    """One reading, and why."""

    sensor: str
    kind: str
    value: str
    observed_at: datetime
    reading_id: str
    late: bool = False
    doubted: bool = False
    #: The line of the profile that says so; empty: the dialect itself does.
    because: str = ""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """One refusal, with its mend in both languages."""

    reason: RefusalReason
    detail: str
    mend_ko: str
    mend_en: str
    #: The value was kept all the same.
    kept: bool = False
    #: The nearest right spelling, where one is near.
    hint: str = ""


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """What one message becomes."""

    topic: str
    shard: str = ""
    home: str = ""
    dialect: str = ""
    device_topic: str = ""
    retained: bool = False
    payload: str = ""
    readings: tuple[Became, ...] = ()
    refusals: tuple[Refused, ...] = ()
    #: What was declared or is asked of the gateway.
    declared: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    #: Fields that no profile has, where nothing came of the message.
    unknown: str = ""

    @property
    def ignored(self) -> bool:
        """Tell whether it is known, and deliberately not for us."""
        return not (self.readings or self.refusals or self.declared)


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What explaining takes for granted: the homes, the limits, and what the bridge knows beside them."""

    limits: Limits
    learned: Learned
    #: Every home that a topic names has these sensors.
    home: WatchedHome


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    because: Mapping[tuple[str, str], str]
    declared: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


def explain(message: GatewayMessage, house: House) -> Explained:
    """Explain one message, as if its home were registered."""
    address = topics.parse(message.topic)
    home_id = address.home_id if isinstance(address, Address) else ""
    home = msgspec.structs.replace(house.home, home_id=HomeId(home_id))
    intake = take_in(message, {home_id: home}, house.limits, house.learned)
    told = _told(message, address, house, home)
    fields = fields_of(message, address, house)
    explained = Explained(
        topic=message.topic,
        retained=message.retained,
        payload=message.payload[:512].decode(errors="backslashreplace"),
        readings=tuple(_became(reading, told) for reading in intake.readings),
        refusals=tuple(_refused(refusal, message.topic, fields) for refusal in intake.refusals),
        declared=told.declared,
        commands=told.commands,
        unknown="" if intake.readings else fields,
    )
    return explained if isinstance(address, Malformed) else _routed(explained, address)


def _routed(explained: Explained, address: Address) -> Explained:
    return msgspec.structs.replace(
        explained,
        shard=f"{address.shard:02x}",
        home=address.home_id,
        dialect=address.dialect,
        device_topic="/".join(address.path),
    )


def _became(reading: Reading, told: _Told) -> Became:
    value = shown(reading.value)
    return Became(
        sensor=reading.sensor_id,
        kind=kind_of(reading.value),
        value=value,
        observed_at=reading.observed_at,
        reading_id=reading.reading_id,
        late=reading.late,
        doubted=reading.clock_doubted,
        because=told.because.get((reading.sensor_id, value), ""),
    )


def _told(message: GatewayMessage, address: Address | Malformed, house: House, home: WatchedHome) -> _Told:
    """Ask the decoder itself, for what does not travel with a reading."""
    if isinstance(address, Malformed) or len(message.payload) > house.limits.largest_payload_bytes:
        return _Told(because={})
    declared = house.learned.declared.get(home.home_id, {})
    decoded = decode(message, address, Known(home=home, profiles=house.learned.profiles, declared=declared))
    return _Told(
        because={(draft.sensor_id, shown(draft.value)): draft.because for draft in decoded.drafts},
        declared=tuple(each.name for each in decoded.declared),
        commands=tuple(each.topic for each in decoded.commands),
    )


def shown(value: msgspec.Struct) -> str:
    """Show what a value says, with its units."""
    told = {name: getattr(value, name) for name in value.__struct_fields__}
    said = [
        f"{name}={each:.10g} {UNITS.get(name, '')}".rstrip()
        if isinstance(each, float)
        else f"{name}={str(each).lower()}"
        for name, each in told.items()
        if each is not None and not (name in ("channel", "synthetic") and not each)
    ]
    return ", ".join(said)


def _refused(refusal: Refusal, topic: str, fields: str) -> Refused:
    korean, english = mends_of(refusal.reason)
    return Refused(
        reason=refusal.reason,
        detail=refusal.detail,
        mend_ko=korean,
        mend_en=english,
        kept=refusal.kept,
        hint=fields if refusal.reason is RefusalReason.NOTHING_WE_KNOW else hint_of(refusal.reason, topic),
    )


def fields_of(message: GatewayMessage, address: Address | Malformed, house: House) -> str:
    """Name the fields that no profile has, each with the nearest one that a profile has."""
    said = json_of(message.payload)
    if isinstance(address, Malformed) or not isinstance(said, dict):
        return ""
    table = house.learned.profiles.table(address.dialect)
    told = []
    for name, value in list(said.items())[:_MOST_FIELDS]:
        inner = [f"{name}.{each}" for each in list(value)[:_MOST_FIELDS]] if isinstance(value, dict) else [str(name)]
        for path in inner:
            near = get_close_matches(path, list(table.fields), n=1)
            if table.find(path) is None:
                told.append(f"{path} (is it {near[0]}?)" if near else path)
    return f"no profile has {', '.join(told)}" if told else ""


def hint_of(reason: RefusalReason, topic: str) -> str:
    """Suggest the topic that was meant."""
    parts = topic.split("/")
    match reason:
        case RefusalReason.WRONG_SHARD if len(parts) > 2:
            return "/".join([parts[0], f"{shard_of(parts[2]):02x}", *parts[2:]])
        case RefusalReason.UNKNOWN_DIALECT if len(parts) > 3:
            near = _near(parts[3])
            return "/".join([*parts[:3], *near, *parts[4:]]) if near else near_dialect(parts[3])
        case RefusalReason.BAD_TOPIC:
            return _tree_of(parts)
        case _:
            return ""


def near_dialect(word: str) -> str:
    """Name the dialect that was meant, or all there are."""
    return next(iter(_near(word)), "") or f"one of {', '.join(DIALECTS)}"


def _near(word: str) -> list[str]:
    return get_close_matches(word.lower(), list(DIALECTS), n=1, cutoff=0.5)


def remembered(message: GatewayMessage, house: House) -> House:
    """Keep what a message declares, so that the next one is understood."""
    address = topics.parse(message.topic)
    if isinstance(address, Malformed) or len(message.payload) > house.limits.largest_payload_bytes:
        return house
    home_id = HomeId(address.home_id)
    declared = house.learned.declared.get(home_id, {})
    home = msgspec.structs.replace(house.home, home_id=home_id)
    decoded = decode(message, address, Known(home=home, profiles=house.learned.profiles, declared=declared))
    if not decoded.declared:
        return house
    known = {**house.learned.declared, home_id: declared_with(declared, decoded.declared)}
    return replace(house, learned=replace(house.learned, declared=known))


def _tree_of(parts: list[str]) -> str:
    """Guess what a topic outside of our trees wants to be."""
    near = get_close_matches(parts[0].lower(), _TREES, n=1)
    if near and len(parts) > 4 and near[0] != parts[0]:
        return "/".join([near[0], *parts[1:]])
    dialect = get_close_matches(parts[0].lower(), list(DIALECTS), n=1)
    if dialect:
        return f"home/<shard>/<home>/{dialect[0]}/{'/'.join(parts)}"
    if len(parts) > 1 and parts[0] in ("tele", "stat"):
        return f"home/<shard>/<home>/tasmota/{'/'.join(parts)}"
    if parts[0] == "shellies" or parts[-1] == "rpc":
        return f"home/<shard>/<home>/shelly/{'/'.join(parts)}"
    return ""
