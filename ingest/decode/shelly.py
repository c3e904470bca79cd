"""Shelly, second generation and later: notifications and component states, under a prefix of the owner's choice."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from contracts import RefusalReason
from ingest.decode import shelly_gen1
from ingest.decode.devices import Fields, Part, Registered, Speech, called, read, registrations, status
from ingest.decode.numbers import number_of
from ingest.decode.text import json_of
from ingest.decode.times import from_seconds
from ingest.learned import Known
from ingest.message import Address, Decoded, GatewayMessage, Malformed, unreadable

DIALECT: Final = "shelly"
#: Before a device knows the time it counts from its start; nothing was seen so long ago.
_BELIEVED_FROM: Final = 1_500_000_000.0
_DEEPEST: Final = 3
_STATES: Final = ("NotifyStatus", "NotifyFullStatus")
_NO_NOTIFICATION: Final = unreadable(
    RefusalReason.WRONG_SHAPE, "expected a notification with its method and its params"
)
#: The vendor's own script for its Bluetooth devices says what they say as one event.
_BLUETOOTH: Final = "shelly-blu"


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read what a device says; commands, answers and its own upkeep are passed over."""
    registered = registrations(known.home)
    match address.path:
        case (*prefix, "events", "rpc") if prefix:
            return _notification(message.payload, prefix, known)
        case (*prefix, "status", component) if prefix and (":" in component or component == "wifi"):
            said = _object(message.payload)
            if isinstance(said, Decoded):
                return said
            return read(_speech({component: said}, _device(prefix, registered), known, None))
        case (*prefix, "online") if prefix:
            return status(_device(prefix, registered), message.payload, known, online="true", offline="false")
        case (*prefix, _, _) if prefix:
            return shelly_gen1.decode(message, address, known)
        case _:
            return Decoded()


def _device(prefix: Iterable[str], registered: Registered, source: object = None) -> str:
    """Name a device by its prefix, without the `shellies` that may stand before all of them."""
    names = list(prefix)
    while len(names) > 1 and names[0] == "shellies":
        names = names[1:]
    own = "/".join(names)
    tails = [own, *("/".join(names[place:]) for place in range(1, len(names)))]
    return called([*tails, *([source] if isinstance(source, str) else [])], registered, own)


def _object(payload: bytes) -> Mapping[str, object] | Decoded:
    if not payload.strip():
        return Decoded()
    said = json_of(payload)
    if isinstance(said, Malformed):
        return Decoded(faults=(said,))
    if not isinstance(said, dict):
        return unreadable(RefusalReason.WRONG_SHAPE, "expected an object")
    return said


def _notification(payload: bytes, prefix: Iterable[str], known: Known) -> Decoded:
    said = _object(payload)
    if isinstance(said, Decoded):
        return said
    device = _device(prefix, registrations(known.home), said.get("src"))
    method, params = said.get("method"), said.get("params")
    if isinstance(method, str) and not method.startswith("Notify"):
        return Decoded()
    if not isinstance(params, dict):
        return _NO_NOTIFICATION
    if method in _STATES:
        return read(_speech(params, device, known, _seen(params)))
    events = params.get("events")
    if method == "NotifyEvent" and isinstance(events, list):
        return _events(events, device, known, _seen(params))
    return _NO_NOTIFICATION


def _seen(said: Mapping[str, object]) -> datetime | None:
    seconds = number_of(said.get("ts"))
    return from_seconds(seconds) if seconds is not None and seconds >= _BELIEVED_FROM else None


def _speech(components: Mapping[str, object], device: str, known: Known, seen: datetime | None) -> Speech:
    heard = {name: said for name, said in components.items() if isinstance(said, dict) and _is_heard(name)}
    kinds = [name.partition(":")[0] for name in heard]
    parts = tuple(
        _part(device, name, said, alone=kinds.count(name.partition(":")[0]) == 1) for name, said in heard.items()
    )
    return _of_device(parts, device, known, seen)


def _is_heard(component: str) -> bool:
    """Tell what is of the home from what the device says of its own upkeep."""
    kind, numbered, _ = component.partition(":")
    return component == "wifi" or (bool(numbered) and kind != "script")


def _of_device(parts: tuple[Part, ...], device: str, known: Known, seen: datetime | None) -> Speech:
    return Speech(
        parts=parts,
        table=known.profiles.table(DIALECT, device),
        registered=registrations(known.home),
        seen=seen,
    )


def _part(device: str, component: str, said: Mapping[str, object], *, alone: bool) -> Part:
    """Name what a component says: the first of its kind is the device itself, another one has its own name."""
    first = component.partition(":")[2] in ("", "0")
    metered = {"apower", "aenergy", "act_power", "total_act_energy"} & said.keys()
    own = f"{device}/{component}"
    names = (own, device) if alone or first or metered else (own,)
    return Part(names=names, name=device if first or metered else own, fields=dict(_flat(component, said)))


def _flat(path: str, said: Mapping[str, object], depth: int = 1) -> Iterable[tuple[str, object]]:
    for name, value in said.items():
        if not isinstance(value, dict):
            yield f"{path}.{name}", value
        elif depth < _DEEPEST:
            yield from _flat(f"{path}.{name}", value, depth + 1)


def _events(events: Iterable[object], device: str, known: Known, seen: datetime | None) -> Decoded:
    drafts: tuple[Decoded, ...] = tuple(
        read(_of_device((_event(device, event),), device, known, _seen(event) or seen))
        for event in events
        if isinstance(event, dict)
    )
    return Decoded(
        drafts=tuple(draft for each in drafts for draft in each.drafts),
        faults=tuple(fault for each in drafts for fault in each.faults),
    )


def _event(device: str, event: Mapping[str, object]) -> Part:
    match event:
        case {"event": str(name), "data": {"address": str(address), **data}} if name == _BLUETOOTH:
            fields: Fields = {f"blu.{field}": value for field, value in data.items()}
            return Part(names=(f"{device}/{address}", address), name=address, fields=fields)
        case {"component": str(component), "event": name}:
            return _part(device, component, {"event": name}, alone=True)
        case _:
            return Part(names=(), name=device, fields={})
