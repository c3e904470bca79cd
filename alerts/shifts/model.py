"""A handover as it is kept: who prepared it, what both read, and who signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contracts import AlertId, Severity


@dataclass(frozen=True, kw_only=True)
class Item:
    """An open alert of the handover, as it was read."""

    alert_id: AlertId
    p: str
    severity: Severity
    name: str
    what: str
    state: str
    owner: str
    #: It needs a sentence and is confirmed by name.
    needs: bool
    #: It goes into the hands of the next.
    moves: bool


@dataclass(frozen=True, kw_only=True)
class Part:
    """A list of the handover: holds, homes that are not protected, ..."""

    key: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What the system puts together for a handover."""

    items: tuple[Item, ...] = ()
    parts: tuple[Part, ...] = ()
    flood_minutes: int = 0


@dataclass(frozen=True, kw_only=True)
class Handover:
    """A handover, signed or not."""

    handover_id: str
    outgoing: str
    since: datetime
    prepared_at: datetime
    sentences: Mapping[str, str] = field(repr=False)
    note: str = field(repr=False)
    draft: Draft = field(repr=False)
    incoming: str | None = None
    signed_at: datetime | None = None
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FailedCall:
    """A call of this shift that reached nobody."""

    alert_id: AlertId
    home_id: str
    responder_id: str
    channel: str
    settled_at: datetime


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What happened in a shift beside the alerts that are open."""

    failed: tuple[FailedCall, ...] = ()
    flood_minutes: int = 0
