"""Home Assistant over MQTT: discovery, the states that it explains, and what its state stream repeats."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import RefusalReason
from contracts.values import CarbonMonoxide, DeviceStatus, GatewayStatus
from ingest.declarations import Declaration, Declared
from ingest.decode import homeassistant_stream as stream
from ingest.decode.fields import meanings
from ingest.decode.homeassistant_configs import DIALECT, config_of, configured, entities_of, unread
from ingest.decode.homeassistant_entities import SENSING, Availability, Entity
from ingest.decode.homeassistant_kinds import value_of
from ingest.decode.homeassistant_templates import rendered
from ingest.decode.plain import plain, registered
from ingest.decode.text import json_of
from ingest.decode.times import instant
from ingest.learned import Known
from ingest.message import Address, Command, Decoded, Draft, GatewayMessage, Malformed, unreadable

#: A home is asked so often at most to say its discovery again.
ASK_EVERY: Final = timedelta(minutes=1)
_ASKED: Final = "asked"
#: What is sent to devices passes on the same tree.
_COMMANDS: Final = frozenset({"set", "get", "cmd", "command", "cmnd"})

Found = Draft | Malformed | Declaration


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read a config, or a state on a topic that a config names, or one of the state stream."""
    path = address.path
    if config_of(path):
        return configured(path, message.payload, known.declared)
    if path == ("homeassistant", "status"):
        return _birth(message.payload)
    try:
        text = message.payload.decode()
    except UnicodeDecodeError as error:
        return unreadable(RefusalReason.NOT_TEXT, f"expected UTF-8, byte {error.start} is not")
    entities = entities_of("/".join(path), known.declared)
    if entities:
        return _collected(_stated("/".join(path), text, entities, known)) if text.strip() else Decoded()
    if stream.place_of(path):
        found = stream.streamed(path, text, known)
        if found is not None:
            return _collected(found)
    return _plain(message, path, text, known)


def _birth(payload: bytes) -> Decoded:
    match payload.strip():
        case b"online":
            return Decoded(drafts=(Draft(sensor_id="gateway", value=GatewayStatus(online=True)),))
        case b"offline":
            return Decoded(drafts=(Draft(sensor_id="gateway", value=GatewayStatus(online=False)),))
        case _:
            return Decoded()


def _collected(found: Iterable[Found]) -> Decoded:
    """Sort what was found; a state that several entities share is told once."""
    each = list(dict.fromkeys(found))
    return Decoded(
        drafts=tuple(one for one in each if isinstance(one, Draft)),
        faults=tuple(one for one in each if isinstance(one, Malformed)),
        declared=tuple(one for one in each if isinstance(one, Declaration)),
    )


def _stated(topic: str, text: str, entities: Iterable[Entity], known: Known) -> Iterator[Found]:
    sensors = registered(known.home)
    said = json_of(text.encode())
    for each in entities:
        sensor_id, kind, own = each.sensor(sensors)
        for availability in each.availability:
            if availability.topic == topic:
                yield from _available(sensor_id, each, availability, text, said, known.declared)
        if each.topic == topic:
            yield from _said(sensor_id, each, text, said, kind, own=own)


def _said(sensor_id: str, entity: Entity, text: str, said: object, kind: str, *, own: bool) -> Iterator[Found]:
    if entity.template.trouble:
        if kind:  # a registered sensor that is not heard is badly installed; a stranger's may talk
            yield unread(entity.template.trouble)
        return
    if entity.template.path is not None and isinstance(said, Malformed):
        if entity.component in SENSING:
            yield said
        return
    taken = rendered(entity.template, text, said)
    if entity.component == "event" and isinstance(said, dict) and entity.template.path is None:
        named = said.get("event_type")
        taken = named if isinstance(named, str) else None
    value = value_of(entity, taken, kind, own=own)
    if isinstance(value, Malformed):
        yield value
    elif value is not None:
        if isinstance(value, CarbonMonoxide) and value.ppm is not None:
            # What only measures gives no alarm of its own, and must not take back that of the detector beside it.
            sensor_id = entity.names[0]
        seen = said.get("last_seen") if isinstance(said, dict) else None
        at = instant(seen)
        yield Draft(sensor_id=sensor_id, value=value, observed_at=at, time_unreadable=seen is not None and at is None)


def _available(
    sensor_id: str, entity: Entity, availability: Availability, text: str, said: object, declared: Declared
) -> Iterator[Found]:
    taken = None if availability.template.trouble else rendered(availability.template, text, said)
    if isinstance(taken, str):
        taken = taken.strip()
    online = {availability.online: True, availability.offline: False}.get(str(taken))
    if online is None:
        return
    others = [each.topic for each in entity.availability if each.topic != availability.topic]
    if others and entity.mode in ("all", "any"):
        yield _remembered(f"said {availability.topic}", b"1" if online else b"0")
        known = {word.meaning for topic in others if (word := declared.get((DIALECT, f"said {topic}")))}
        # What another topic has not said yet stands in nobody's way.
        online = online and b"0" not in known if entity.mode == "all" else online or b"1" in known
    yield Draft(sensor_id=sensor_id, value=DeviceStatus(online=online))


def _plain(message: GatewayMessage, path: tuple[str, ...], text: str, known: Known) -> Decoded:
    """Read a state that nobody declared by the registration, if there is one of that name."""
    if not text.strip() or path[-1] in _COMMANDS:
        return Decoded()
    sensors = registered(known.home)
    names = ("/".join(path), "/".join(path[:-1]), path[-1], *path[-2:-1])
    sensor_id = next((name for name in names if name in sensors), None)
    found = list(_by_registration(sensor_id, sensors[sensor_id], path[-1], text, known)) if sensor_id else []
    return _collected(found) if found else _undeclared(message, known.declared)


def _by_registration(sensor_id: str, kind: str, last: str, text: str, known: Known) -> Iterator[Found]:
    said = json_of(text.encode())
    if isinstance(said, dict):
        fields = {key: value for key, value in said.items() if isinstance(key, str)}
        told = meanings(fields, known.profiles, dialect=DIALECT, device=sensor_id, kind=kind)
        yield from (each if isinstance(each, Malformed) else Draft(sensor_id=sensor_id, value=each) for each, _ in told)
        return
    word = said if isinstance(said, str) else text.strip()
    unnamed = Entity(component="binary_sensor", names=(sensor_id,))
    value = value_of(unnamed, word, kind, own=last in (sensor_id, "state"))
    if value is None or isinstance(value, Malformed):
        value = plain(last, word, kind, own=last == sensor_id.rpartition("/")[2])
    if value is not None:
        yield value if isinstance(value, Malformed) else Draft(sensor_id=sensor_id, value=value)


def _undeclared(message: GatewayMessage, declared: Declared) -> Decoded:
    """Refuse what nobody explained, and ask the home's devices to explain themselves, as Home Assistant does."""
    fault = Malformed(
        reason=RefusalReason.UNDECLARED, detail="no discovery names this topic, and no sensor is so called"
    )
    if not _may_ask(message.received_at, declared):
        return Decoded(faults=(fault,))
    return Decoded(
        faults=(fault,),
        declared=(_remembered(_ASKED, message.received_at.isoformat().encode()),),
        commands=(Command(topic="homeassistant/homeassistant/status", payload=b"online"),),
    )


def _may_ask(now: datetime, declared: Declared) -> bool:
    asked = declared.get((DIALECT, _ASKED))
    before = instant(asked.meaning.decode(errors="replace")) if asked else None
    return before is None or abs(now - before) >= ASK_EVERY


def _remembered(name: str, meaning: bytes) -> Declaration:
    return Declaration(dialect=DIALECT, name=name, meaning=meaning, volatile=True)
