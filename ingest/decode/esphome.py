"""ESPHome: one topic for each entity of a node, `<prefix>/<type>/<name>/state`, its value plain."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ingest.decode.devices import Part, Speech, called, plain, read, registrations, status
from ingest.decode.plain import OF_THE_DEVICE
from ingest.learned import Known
from ingest.message import Address, Decoded, GatewayMessage
from ingest.profiles import Table

DIALECT: Final = "esphome"
#: Entities that say something of the home; the others are switched by it.
_HEARD: Final = frozenset({"binary_sensor", "sensor", "event", "text_sensor"})


def decode(message: GatewayMessage, address: Address, known: Known) -> Decoded:
    """Read the state of an entity, or whether its node can be reached."""
    match address.path:
        case (*prefix, component, name, "state") if prefix and component in _HEARD:
            return _state(message, "/".join(prefix), component, name, known)
        case (*prefix, "status") if prefix:
            device = called(["/".join(prefix), prefix[-1]], registrations(known.home), "/".join(prefix))
            return status(device, message.payload, known, online="online", offline="offline")
        case _:
            return Decoded()


def _state(message: GatewayMessage, prefix: str, component: str, name: str, known: Known) -> Decoded:
    registered = registrations(known.home)
    own = f"{prefix}/{name}"
    names = (own, f"{prefix}/{component}/{name}", name, prefix)
    kind = registered.get(called(names, registered, own), "")
    table = known.profiles.table(DIALECT, own)
    said = plain(message.payload)
    value = said.get("event_type") if isinstance(said, dict) else said
    part = Part(
        names=names, name=own, fields={f"{component}.{name}": value}, known_as=_known_as(component, name, kind, table)
    )
    return read(Speech(parts=(part,), table=table, registered=registered))


def _known_as(component: str, name: str, kind: str, table: Table) -> str:
    """Find the field that explains an entity: its own name, its registration, or one of the words of its name."""
    if (own := f"{component}.{name}") in table.fields:
        return own
    if kind:
        return f"{component}.registered"
    if OF_THE_DEVICE & set(_words(name)):  # whether a sensor is switched on is not what it senses
        return own
    words = (f"{component}.~{word}" for word in _words(name))
    return next((word for word in words if word in table.fields), own)


def _words(name: str) -> Iterator[str]:
    """Cut a name into its words, the last first, pairs before single words."""
    words = [word for word in re.split(r"[^0-9a-z]+", name.lower()) if word]
    yield from (f"{first}_{second}" for first, second in reversed(list(pairwise(words))))
    yield from reversed(words)
