"""Zigbee2MQTT: one JSON object per device, named by its topic; what the bridge says of itself beside it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from contracts import RefusalReason, Value, WatchedHome
from contracts.values import DeviceStatus, GatewayStatus
from ingest.declarations import Declaration
from ingest.decode.text import MOST_LISTED, json_of
from ingest.decode.times import instant
from ingest.learned import Known
from ingest.message import Address, Decoded, Draft, GatewayMessage, Malformed, unreadable
from ingest.profiles import values_of

DIALECT: Final = "zigbee2mqtt"
_BASE: Final = "zigbee2mqtt"
#: What is sent to devices passes on the same tree.
_COMMANDS: Final = frozenset({"set", "get"})


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read what a device, or the Zigbee bridge, says; commands and the bridge's own talk are passed over."""
    home = known.home
    path = _without_base(address.path, home)
    match path:
        case ("bridge", "state"):
            return _status(message.payload, "gateway", lambda online: GatewayStatus(online=online))
        case ("bridge", "devices"):
            return Decoded(declared=tuple(_models(message.payload, known)))
        case ("bridge", *_):
            return Decoded()
        case (*_, last) if last in _COMMANDS and len(path) > 1:
            return Decoded()
        case (*name, "availability") if name:
            return _status(message.payload, "/".join(name), lambda online: DeviceStatus(online=online))
        case _:
            return _device(message.payload, path, known)


def _without_base(path: tuple[str, ...], home: WatchedHome | None) -> tuple[str, ...]:
    """Take the base topic off, if it is there: a Mosquitto bridge may have taken it off already."""
    if len(path) < 2:
        return path
    if path[0] == _BASE or path[1:3] == ("bridge", "state"):
        return path[1:]
    # A base of another name looks like the first part of a device's name; the registration tells them apart.
    known = _registered(home)
    return path[1:] if "/".join(path) not in known and "/".join(path[1:]) in known else path


def _registered(home: WatchedHome | None) -> Mapping[str, str]:
    return {sensor.sensor_id: sensor.kind for sensor in home.sensors} if home else {}


def _status(payload: bytes, sensor_id: str, value_of: Callable[[bool], Value]) -> Decoded:
    said = json_of(payload)
    match said:
        case {"state": "online"}:
            return _one(sensor_id, value_of(True))
        case {"state": "offline"}:
            return _one(sensor_id, value_of(False))
    match payload.strip():
        case b"online":
            return _one(sensor_id, value_of(True))
        case b"offline":
            return _one(sensor_id, value_of(False))
        case b"":  # a retained message was taken back
            return Decoded()
        case _:
            return unreadable(RefusalReason.WRONG_SHAPE, "expected online or offline, plain or as the state")


def _one(sensor_id: str, value: Value) -> Decoded:
    return Decoded(drafts=(Draft(sensor_id=sensor_id, value=value),))


def _device(payload: bytes, path: tuple[str, ...], known: Known) -> Decoded:
    if not payload.strip():
        return Decoded()
    said = json_of(payload)
    if isinstance(said, dict):
        return _state("/".join(path), said, known)
    if len(path) > 1 and known.profiles.table(DIALECT).find(path[-1]) is not None:
        # `output: attribute`: one topic per property, its value plain.
        plain = payload.decode(errors="replace") if isinstance(said, Malformed) else said
        return _state("/".join(path[:-1]), {path[-1]: plain}, known)
    if isinstance(said, Malformed):
        return Decoded(faults=(said,))
    if len(path) > 1:  # a property that we have no use for
        return Decoded()
    return unreadable(RefusalReason.WRONG_SHAPE, "expected an object of the device's properties")


def _state(name: str, said: Mapping[str, object], known: Known) -> Decoded:
    table = known.profiles.table(DIALECT, name, _model_of(name, said, known))
    registered = _registered(known.home)
    # A lamp that nobody registered may talk; a registered sensor that says nothing we know is badly installed.
    if name in registered and not table.knows(said):
        return unreadable(RefusalReason.NOTHING_WE_KNOW, "a registered sensor, and none of its properties is known")
    last_seen = said.get("last_seen")
    seen = instant(last_seen)
    unread = last_seen is not None and seen is None
    found = list(values_of(said, table, registered.get(name, "")))
    return Decoded(
        drafts=tuple(
            Draft(sensor_id=name, value=each.value, observed_at=seen, time_unreadable=unread, because=each.because)
            for each in found
            if not isinstance(each, Malformed)
        ),
        faults=tuple(each for each in found if isinstance(each, Malformed)),
    )


def _models(payload: bytes, known: Known) -> Iterator[Declaration]:
    """Learn from the bridge's own list which devices are of a model that has a profile of its own."""
    listed = json_of(payload, most_parts=MOST_LISTED)
    ordinary = known.profiles.table(DIALECT)
    for device in listed if isinstance(listed, list) else ():
        match device:
            case {"friendly_name": str(name), "definition": {"model": str(model)}}:
                if known.profiles.table(DIALECT, "", model) is ordinary:
                    continue
                told = Declaration(dialect=DIALECT, name=name, meaning=msgspec.json.encode(model))
                if known.declared.get((DIALECT, name)) != told:
                    yield told


def _model_of(name: str, said: Mapping[str, object], known: Known) -> str:
    """Learn the model where the device tells it (`include_device_information`), or its bridge did."""
    match said.get("device"):
        case {"model": str(model)}:
            return model
    declared = known.declared.get((DIALECT, name))
    told = json_of(declared.meaning) if declared and declared.meaning else ""
    return told if isinstance(told, str) else ""
