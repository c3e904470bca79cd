"""What the dialects of single devices share: who speaks, and drafts from the fields of one message."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from contracts import RefusalReason, WatchedHome
from contracts.values import DeviceStatus
from ingest.decode.text import json_of
from ingest.learned import Known
from ingest.message import Decoded, Draft, Malformed, unreadable
from ingest.profiles import Table, values_of

Registered = Mapping[str, str]
Fields = dict[str, object]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Some fields of a message that belong to one sensor."""

    #: What it may be registered as, the best first.
    names: tuple[str, ...]
    #: Its name when nobody registered it.
    name: str
    fields: Fields
    #: The field under which the profile explains them, where that is not their own name.
    known_as: str = ""


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a device, cut into parts."""

    parts: tuple[Part, ...]
    table: Table
    registered: Registered
    #: What the message says once for all its fields.
    beside: Mapping[str, object] = msgspec.field(default_factory=dict)
    seen: datetime | None = None
    #: A registered sensor that says nothing we know is badly installed; not so where the firmware speaks of itself.
    proves: bool = True


def registrations(home: WatchedHome | None) -> Registered:
    """Tell what each registered sensor of a home is."""
    return {sensor.sensor_id: sensor.kind for sensor in home.sensors} if home else {}


def called(names: Iterable[str], registered: Registered, otherwise: str) -> str:
    """Choose the name by which a sensor is registered, else the one that is documented."""
    return next((name for name in names if name in registered), otherwise)


def read(speech: Speech) -> Decoded:
    """Read every part; one that cannot be read does not silence the others."""
    found = list(_drafts(speech))
    if not found and _unknown(speech):
        return Decoded(faults=(_NOTHING_WE_KNOW,))
    return Decoded(
        drafts=tuple([each for each in found if isinstance(each, Draft)]),
        faults=tuple([each for each in found if isinstance(each, Malformed)]),
    )


_NOTHING_WE_KNOW = Malformed(
    reason=RefusalReason.NOTHING_WE_KNOW, detail="a registered sensor, and none of its fields is known"
)


def _drafts(speech: Speech) -> Iterator[Draft | Malformed]:
    for part in speech.parts:
        name = called(part.names, speech.registered, part.name)
        kind = speech.registered.get(name, "")
        for each in values_of(part.fields, speech.table, kind, speech.beside, part.known_as):
            if isinstance(each, Malformed):
                yield each
            else:
                yield Draft(sensor_id=name, value=each.value, observed_at=speech.seen, because=each.because)


def _unknown(speech: Speech) -> bool:
    """Tell whether a registered sensor spoke only words that its profile does not have."""
    spoke = [part for part in speech.parts if part.fields]
    theirs = [part for part in spoke if called(part.names, speech.registered, part.name) in speech.registered]
    return (
        speech.proves
        and bool(theirs)
        and not any(speech.table.knows([part.known_as] if part.known_as else part.fields) for part in spoke)
    )


def status(device: str, payload: bytes, known: Known, *, online: str, offline: str) -> Decoded:
    """Read whether a device can be reached: the device of that name, and every sensor registered as a part of it."""
    said = payload.decode(errors="replace").strip().strip('"').lower()
    if not said:  # a retained message was taken back
        return Decoded()
    if said not in (online, offline):
        return unreadable(RefusalReason.WRONG_SHAPE, f"expected {online} or {offline}")
    parts = [name for name in registrations(known.home) if name == device or name.startswith(f"{device}/")]
    value = DeviceStatus(online=said == online)
    return Decoded(drafts=tuple(Draft(sensor_id=name, value=value) for name in parts or (device,)))


def plain(payload: bytes) -> object:
    """Read a plain value: a number or a flag where it is one, else its text; None where it says that it is unknown."""
    said = json_of(payload)
    if not isinstance(said, Malformed):
        return said
    text = payload.decode(errors="replace").strip()
    return None if text.lower() in _UNKNOWN else text


_UNKNOWN = frozenset({"", "nan", "null", "unknown", "unavailable"})
