"""What the state of an entity of Home Assistant means to us: by its device class, its unit, its registration."""

from collections.abc import Callable, Mapping
from typing import Final

from contracts import RefusalReason, Value
from contracts import values as kinds
from ingest.decode.homeassistant_entities import Entity
from ingest.decode.homeassistant_templates import Rendered
from ingest.decode.plain import flagged, measured, number_in, plain, pressed, unsaid
from ingest.decode.senml_kinds import FLAGS
from ingest.message import Malformed
from ingest.numbers import number_of

#: The device classes of binary sensors; `on` is the word that their page explains.
_BINARY: Final[Mapping[str, Callable[[bool], Value]]] = {
    "motion": lambda on: kinds.Motion(active=on),
    "presence": lambda on: kinds.Presence(present=on),
    **dict.fromkeys(("door", "window", "opening", "garage_door"), lambda on: kinds.Contact(open=on)),
    "smoke": lambda on: kinds.Smoke(active=on),
    "heat": lambda on: kinds.Heat(active=on),
    "gas": lambda on: kinds.Gas(active=on),
    "carbon_monoxide": lambda on: kinds.CarbonMonoxide(active=on),
    "moisture": lambda on: kinds.WaterLeak(active=on),
    "tamper": lambda on: kinds.Tamper(active=on),
    "battery": lambda on: kinds.Battery(low=on),
    "connectivity": lambda on: kinds.DeviceStatus(online=on),
}
#: Whether somebody sits on a chair, or somebody is in a room, only the registration says.
_OCCUPANCY: Final[Mapping[str, Callable[[bool], Value]]] = {
    "occupancy": lambda on: kinds.Occupancy(occupied=on),
    "presence": lambda on: kinds.Presence(present=on),
}
#: The device classes of sensors that measure something for us, and the word for it.
_MEASURED: Final[Mapping[str, str]] = {
    **{name: name for name in ("temperature", "humidity", "illuminance", "power", "energy", "battery")},
    **dict.fromkeys(("water", "volume_flow_rate"), "water"),
}
#: What a device says of itself: of other numbers, such as the heat of its chip, nothing is about the room.
_OF_ITSELF: Final = frozenset({"battery", "signal_strength"})


def value_of(entity: Entity, said: Rendered, kind: str, *, own: bool) -> Value | Malformed | None:
    """Read a state. None: nothing for us, or nothing said.

    `kind` is what its sensor is registered as, and `own` tells that the entity itself is, not the device around it.
    """
    if said is None or (isinstance(said, str) and unsaid(said)):
        return None
    match entity.component:
        case "binary_sensor":
            return _binary(entity, said, kind, own)
        case "sensor":
            return _sensor(entity, said, kind, own)
        case "event":
            return _event(entity, _text(said), kind)
        case "device_automation":
            matches = entity.payload in ("", _text(said))
            return pressed(entity.trigger or _text(said), kind, entity.payload) if matches else None
        case _:
            return plain(entity.names[0], said, kind, own=True) if own else None


def _binary(entity: Entity, said: Rendered, kind: str, own: bool) -> Value | Malformed | None:
    text = _text(said).casefold()
    if text not in (entity.on.casefold(), entity.off.casefold()):
        return _wrong("expected payload_on or payload_off of the discovery")
    on = text == entity.on.casefold()
    if entity.device_class in _BINARY:
        return _BINARY[entity.device_class](on)
    if entity.device_class == "occupancy":
        return _OCCUPANCY.get(kind, _BINARY["motion"])(on)
    if entity.device_class:
        return FLAGS[kind](on) if own and kind in FLAGS else None
    found = (flagged(name, on, kind, own=own) for name in entity.names)
    return next((value for value in found if value), None)


def _sensor(entity: Entity, said: Rendered, kind: str, own: bool) -> Value | Malformed | None:
    if entity.diagnostic and entity.device_class not in _OF_ITSELF and not own:
        return None
    if not entity.device_class:
        return plain(entity.names[0], said, kind, entity.unit, own=own)
    number = number_in(said) if isinstance(said, str) else number_of(said)
    if number is None:
        return _unmeasured(entity, said, kind, own)
    match entity.device_class:
        case "signal_strength":
            return kinds.LinkQuality(score=number)
        case "carbon_monoxide":
            return kinds.CarbonMonoxide(active=False, ppm=number)
        case name if name in _MEASURED:
            # A detector's chip may be warm and its outlet busy: what is diagnostic is not about the room.
            return None if entity.diagnostic and name not in _OF_ITSELF else _measured(entity, number)
        case _:
            return None


def _measured(entity: Entity, number: float) -> Value | Malformed | None:
    value = measured(_MEASURED[entity.device_class], number, entity.unit)
    return value or _wrong("expected a unit that goes with the device class")


def _unmeasured(entity: Entity, said: Rendered, kind: str, own: bool) -> Value | Malformed | None:
    if entity.device_class in _MEASURED:
        return _wrong("expected a number for a device class that is measured")
    return plain(entity.names[0], said, kind, own=own) if entity.device_class == "enum" else None


def _event(entity: Entity, said: str, kind: str) -> Value | None:
    return kinds.Motion(active=True) if entity.device_class == "motion" else pressed(said, kind)


def _text(said: Rendered) -> str:
    return said if isinstance(said, str) else str(said)


def _wrong(detail: str) -> Malformed:
    return Malformed(reason=RefusalReason.WRONG_SHAPE, detail=detail)
