"""Home Assistant's state stream: `<base>/<domain>/<entity>/state`, and beside it the entity's attributes."""

from collections.abc import Iterator
from typing import Final

from contracts.values import DeviceStatus
from ingest.declarations import Declaration, Declared
from ingest.decode.homeassistant_entities import COMPONENTS, SENSING, Entity
from ingest.decode.homeassistant_kinds import value_of
from ingest.decode.plain import registered
from ingest.decode.text import json_of
from ingest.learned import Known
from ingest.message import Draft, Malformed

_DIALECT: Final = "homeassistant"
#: Domains beside those of discovery; each may be exported, few are for us.
_DOMAINS: Final = COMPONENTS | {
    *("automation", "calendar", "counter", "date", "datetime", "geo_location", "group", "input_boolean"),
    *("input_button", "input_datetime", "input_number", "input_select", "input_text", "media_player", "person"),
    *("remote", "schedule", "script", "sun", "time", "timer", "todo", "weather", "zone"),
}
_EXPLAINING: Final = frozenset({"device_class", "unit_of_measurement"})
_LONGEST: Final = 64

Found = Draft | Malformed | Declaration


def place_of(path: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Tell the domain, the entity and the attribute of a topic; None: it is not the state stream's."""
    match path:
        case (*_, domain, entity, attribute) if domain in _DOMAINS and entity and attribute:
            return domain, entity, attribute
        case _:
            return None


def streamed(path: tuple[str, ...], text: str, known: Known) -> list[Found] | None:
    """Read a state or what explains it; None: it may be meant for us, and nobody has explained it."""
    place = place_of(path)
    if place is None:
        return None
    domain, name, attribute = place
    word = _unquoted(text)
    match attribute:
        case "state":
            return _state(domain, name, word, known) if word else []
        case _ if attribute in _EXPLAINING and len(word) <= _LONGEST:
            return [_declaration(f"{attribute} {domain}.{name}", word)]
        case "event_type" if domain == "event":
            return list(_told(_entity(domain, name, known.declared), word, known))
        case _:
            return []


def _state(domain: str, name: str, word: str, known: Known) -> list[Found] | None:
    entity = _entity(domain, name, known.declared)
    sensors = registered(known.home)
    sensor_id = next((each for each in entity.names if each in sensors), "")
    if domain == "event" or not (domain in SENSING or sensor_id):
        return []  # an event's state is its time; what happened stands beside it
    away = f"away {domain}.{name}"
    if word == "unavailable":
        return [
            _declaration(away, word),
            Draft(sensor_id=sensor_id or entity.names[0], value=DeviceStatus(online=False)),
        ]
    found = list(_told(entity, word, known))
    if (_DIALECT, away) in known.declared:
        back = Draft(sensor_id=sensor_id or entity.names[0], value=DeviceStatus(online=True))
        return [_declaration(away, ""), back, *found]
    explained = entity.device_class or entity.unit or word == "unknown"
    return found if found or explained else None


def _told(entity: Entity, word: str, known: Known) -> Iterator[Found]:
    sensor_id, kind, own = entity.sensor(registered(known.home))
    value = value_of(entity, word, kind, own=own)
    if isinstance(value, Malformed):
        yield value
    elif value is not None:
        yield Draft(sensor_id=sensor_id, value=value)


def _entity(domain: str, name: str, declared: Declared) -> Entity:
    said = {each: declared.get((_DIALECT, f"{each} {domain}.{name}")) for each in _EXPLAINING}
    words = {each: word.meaning.decode(errors="replace") if word else "" for each, word in said.items()}
    return Entity(
        component=domain,
        names=(f"{domain}.{name}", name, f"{domain}/{name}"),
        device_class=words["device_class"],
        unit=words["unit_of_measurement"],
    )


def _unquoted(text: str) -> str:
    """Take a word out of its JSON quotes, where it has them."""
    said = json_of(text.encode())
    return said if isinstance(said, str) else text.strip()


def _declaration(name: str, meaning: str) -> Declaration:
    return Declaration(dialect=_DIALECT, name=name, meaning=meaning.encode())
