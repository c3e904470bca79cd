"""ThingsBoard's MQTT API: a gateway's devices by their names, or the one device that the gateway itself is."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from contracts import RefusalReason
from contracts.values import DeviceStatus
from ingest.decode.fields import meanings
from ingest.decode.plain import registered
from ingest.decode.text import json_of
from ingest.decode.times import instant
from ingest.learned import Known
from ingest.message import Address, Decoded, Draft, GatewayMessage, Malformed, unreadable

DIALECT: Final = "thingsboard"
#: The gateway itself, when it speaks as a device.
_ME: Final = "gateway"
_SHAPE: Final = Malformed(
    reason=RefusalReason.WRONG_SHAPE, detail="expected an object of values, or ts with values, or a list of those"
)
_NAMED: Final = "expected an object of devices, each with its values"

Found = Draft | Malformed


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read telemetry, attributes that are states, and which devices come and go; questions and answers pass."""
    said = json_of(message.payload)
    match _below_v1(address.path):
        case _ if isinstance(said, Malformed):
            return Decoded(faults=(said,)) if message.payload.strip() else Decoded()
        case ("gateway", "telemetry"):
            return _of_devices(said, known)
        case ("gateway", "attributes"):
            return _of_devices(said, known)
        case ("gateway", "connect"):
            return _presence(said, online=True)
        case ("gateway", "disconnect"):
            return _presence(said, online=False)
        case ("devices", "me", "telemetry" | "attributes") | ("telemetry" | "attributes",):
            return _sorted(_told(_ME, said, known, nested=True))
        case ("gateway" | "devices", *_):
            return Decoded()
        case _:
            detail = "expected v1/gateway/... or v1/devices/me/... as the device's own topic"
            return unreadable(RefusalReason.BAD_TOPIC, detail)


def _below_v1(path: tuple[str, ...]) -> tuple[str, ...]:
    return path[1:] if path[0] in ("v1", "v2") else path


def _presence(said: object, *, online: bool) -> Decoded:
    name = said.get("device") if isinstance(said, dict) else None
    if not isinstance(name, str):
        return unreadable(RefusalReason.WRONG_SHAPE, "expected an object that names the device")
    return Decoded(drafts=(Draft(sensor_id=name, value=DeviceStatus(online=online)),))


def _of_devices(said: object, known: Known) -> Decoded:
    if not isinstance(said, dict):
        return unreadable(RefusalReason.WRONG_SHAPE, _NAMED)
    return _sorted(each for name, told in said.items() for each in _told(f"{name}", told, known))


def _sorted(found: Iterator[Found]) -> Decoded:
    each = list(found)
    return Decoded(
        drafts=tuple(one for one in each if isinstance(one, Draft)),
        faults=tuple(one for one in each if isinstance(one, Malformed)),
    )


def _told(device: str, told: object, known: Known, *, nested: bool = False) -> Iterator[Found]:
    """Read what one device says: values, values with their time, or a list of either."""
    for each in told if isinstance(told, list) else [told]:
        match each:
            case {"ts": ts, "values": dict(values)}:
                yield from _values(device, values, known, ts)
            case {"values": dict(values)}:
                yield from _values(device, values, known, None)
            case dict() as values:
                yield from _values(device, values, known, None)
            case _:
                yield _SHAPE if nested else Malformed(reason=RefusalReason.WRONG_SHAPE, detail=_NAMED)


def _values(device: str, values: Mapping[object, object], known: Known, ts: object) -> Iterator[Found]:
    sensors = registered(known.home)
    said = {key: value for key, value in values.items() if isinstance(key, str)}
    at = _seen(ts)
    for sensor_id, fields in _by_sensor(device, said, sensors).items():
        kind = sensors.get(sensor_id, "")
        anything = False
        own = sensor_id != device
        for value, because in meanings(fields, known.profiles, dialect=DIALECT, device=device, kind=kind, own=own):
            anything = True
            if isinstance(value, Malformed):
                yield value
                continue
            unread = ts is not None and at is None
            yield Draft(sensor_id=sensor_id, value=value, observed_at=at, time_unreadable=unread, because=because)
        if kind and fields and not anything and all(value is not None for value in fields.values()):
            detail = "a registered sensor, and none of its keys is known"
            yield Malformed(reason=RefusalReason.NOTHING_WE_KNOW, detail=detail)


def _seen(ts: object) -> datetime | None:
    """ThingsBoard's times are milliseconds; a text is none of its own, but some write one."""
    return instant(int(ts) if isinstance(ts, str) and ts.isascii() and ts.isdigit() and len(ts) < 16 else ts)


def _by_sensor(device: str, said: Mapping[str, object], sensors: Mapping[str, str]) -> Mapping[str, dict[str, object]]:
    """Part a device's keys by the sensors that are registered: `Hall/door` and `door` may be sensors of their own."""
    parted: dict[str, dict[str, object]] = {}
    for key, value in said.items():
        names = (f"{device}/{key}", f"{device}.{key}", *((key,) if device == _ME else ()))
        parted.setdefault(next((name for name in names if name in sensors), device), {})[key] = value
    return parted
