"""What the births of a Sparkplug node and its devices gave names to, kept as declarations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from ingest.declarations import Declaration, Declared
from ingest.decode.sparkplug_payloads import Metric, Payload
from ingest.decode.sparkplug_schema import PAYLOAD
from ingest.decode.times import instant

DIALECT: Final = "sparkplug"
#: A node is asked so often at most to be born again: a birth may be large.
ASK_EVERY: Final = timedelta(seconds=30)
_BOOLEAN: Final = 11
#: A birth may be large, and each message of its node asks for it.
_REMEMBERED: Final = 128
_SESSION: Final = "bdSeq"


class Word(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a metric is called, and what it is made of."""

    name: str
    datatype: int = 0
    unit: str = ""


class Birth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one node or device said at its birth."""

    #: The node's bdSeq; a device has none.
    session: int | None = None
    aliases: dict[str, Word] = {}
    #: Of metrics without an alias, those that need more than their name.
    named: dict[str, Word] = {}

    def word_of(self, metric: Metric) -> Word | None:
        """Find what a metric is called; None: only a birth that we never heard could tell."""
        if metric.alias is not None and (word := self.aliases.get(f"{metric.alias}")):
            return word
        if not metric.name:
            return None
        return self.named.get(metric.name) or Word(name=metric.name, datatype=metric.datatype, unit=metric.unit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """An edge node by its group and its name."""

    group: str
    name: str

    def __str__(self) -> str:
        return f"{self.group}/{self.name}"


_birth: Final = msgspec.json.Decoder(Birth)
NOBODY: Final = Birth()


def session_in(payload: Payload) -> int | None:
    """Find the number that a birth and its death share."""
    found = (each.value for each in payload.metrics if each.name == _SESSION)
    numbers = (value for value in found if isinstance(value, int) and not isinstance(value, bool))
    return next((value for value in numbers if 0 <= value < 2**63), None)


def born(payload: Payload, session: int | None) -> Birth:
    """Take the words out of a birth."""
    words = [(each, Word(name=each.name, datatype=each.datatype, unit=each.unit)) for each in payload.metrics]
    return Birth(
        session=session,
        aliases={f"{each.alias}": word for each, word in words if each.alias is not None and each.name},
        named={word.name: word for each, word in words if each.alias is None and (word.unit or word.datatype)},
    )


def both(device: Birth | None, node: Birth | None) -> Birth:
    """Look in a device's words first; an alias is one of a kind in its whole node."""
    own, shared = device or NOBODY, node or NOBODY
    return Birth(aliases={**shared.aliases, **own.aliases}, named=own.named)


def node_of(node: Node, declared: Declared) -> Birth | None:
    """Find what a living node said; None: it has not been born, or has died."""
    return _kept(f"node {node}", declared)


def device_of(node: Node, device: str, declared: Declared) -> Birth | None:
    """Find what a living device said."""
    return _kept(f"device {node}/{device}", declared)


def _kept(name: str, declared: Declared) -> Birth | None:
    kept = declared.get((DIALECT, name))
    return None if kept is None else _understood(kept.meaning)


@lru_cache(maxsize=_REMEMBERED)
def _understood(meaning: bytes) -> Birth | None:
    try:
        return _birth.decode(meaning)
    except msgspec.MsgspecError:  # stored by another release
        return None


def node_declared(node: Node, payload: Payload, session: int | None) -> Declaration:
    """Remember a node's birth."""
    return _declaration(f"node {node}", msgspec.json.encode(born(payload, session)))


def device_declared(node: Node, device: str, payload: Payload) -> Declaration:
    """Remember a device's birth."""
    return _declaration(f"device {node}/{device}", msgspec.json.encode(born(payload, None)))


def device_forgotten(node: Node, device: str) -> Declaration:
    """Take back what a device said."""
    return _declaration(f"device {node}/{device}", b"")


def forgotten(node: Node, declared: Declared, *, devices_only: bool = False) -> Iterator[Declaration]:
    """Take back what a node's devices said, and what it said itself."""
    for dialect, name in declared:
        if dialect == DIALECT and name.startswith(f"device {node}/"):
            yield _declaration(name, b"")
    if not devices_only:
        yield _declaration(f"node {node}", b"")
        yield _moment(f"seq {node}", b"")


def counted(node: Node, seq: int | None) -> Declaration:
    """Remember the number of a node's last message, while the bridge lives."""
    return _moment(f"seq {node}", b"" if seq is None else str(seq).encode())


def count_of(node: Node, declared: Declared) -> int | None:
    """Tell the number of a node's last message; None: we have just begun to listen."""
    kept = declared.get((DIALECT, f"seq {node}"))
    return int(kept.meaning) if kept else None


def asked(node: Node, now: datetime) -> Declaration:
    """Remember that a node was asked for its birth."""
    return _moment(f"asked {node}", now.isoformat().encode())


def may_ask(node: Node, declared: Declared, now: datetime) -> bool:
    """Tell whether the last question is old enough for another."""
    kept = declared.get((DIALECT, f"asked {node}"))
    before = instant(kept.meaning.decode(errors="replace")) if kept else None
    return before is None or abs(now - before) >= ASK_EVERY


def rebirth(now: datetime) -> bytes:
    """Write the command by which a host asks a node for its birth."""
    at_ms = int(now.timestamp() * 1000)
    command = {"name": b"Node Control/Rebirth", "timestamp": at_ms, "datatype": _BOOLEAN, "boolean_value": True}
    return PAYLOAD(timestamp=at_ms, metrics=[command]).SerializeToString()


def _declaration(name: str, meaning: bytes) -> Declaration:
    return Declaration(dialect=DIALECT, name=name, meaning=meaning)


def _moment(name: str, meaning: bytes) -> Declaration:
    return Declaration(dialect=DIALECT, name=name, meaning=meaning, volatile=True)
