"""How alerts lie in tables: values to parameters, and rows to values."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from alerts.heard import Heard
from alerts.model import Alert, LogLine, Notification
from contracts import AlertChange

Thing = TypeVar("Thing")

Parameters = dict[str, object]


def read(row: Mapping[str, object], kind: type[Thing]) -> Thing:
    """Make a value of a row; its times become UTC, whatever the session speaks."""
    return msgspec.convert(
        {name: utc(value) if isinstance(value, datetime) else value for name, value in row.items()}, kind
    )


def utc(at: datetime) -> datetime:
    """Read a database's time as UTC."""
    return at.astimezone(UTC)


def alert_row(alert: Alert) -> Parameters:
    """Name the values of an alert as its columns are named."""
    flat = {name: getattr(alert, name) for name in Alert.__dataclass_fields__}
    whole = {name: _json(flat[name]) for name in ("policy", "evidence", "visits", "timers")}
    outcome = _json(alert.outcome) if alert.outcome else None
    lists = {"declined": list(alert.declined), "holding": list(alert.holding)}
    return flat | whole | lists | {"outcome": outcome}


def heard_row(heard: Heard) -> Parameters:
    """Name the values of what was heard as its columns are named."""
    return asdict(heard)


def line_rows(lines: Iterable[LogLine]) -> str:
    """Write log lines as one JSON array, to be inserted by one statement."""
    return _json(list(lines))


def notification_rows(notifications: Iterable[Notification]) -> str:
    """Write calls as one JSON array, each with its severity's rank: the worst is sent first."""
    return _json([asdict(one) | {"rank": one.severity.rank} for one in notifications])


def change_rows(changes: Iterable[AlertChange]) -> str:
    """Write what the world is told as one JSON array, in order."""
    return _json([{"alert_id": change.alert_id, "change": change} for change in changes])


def _json(thing: object) -> str:
    return msgspec.json.encode(thing).decode()
