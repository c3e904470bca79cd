"""Incidents in PostgreSQL: one open one per cause, and each home in one at most."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from alerts import rows
from alerts.incidents.model import Cause, Incident, Loss, Place, Trouble, is_loss
from alerts.incidents.survey import Survey
from alerts.model import Notification
from alerts.outbox import postgres as outbox
from contracts import HomeId
from runtime.postgres import Pool

Connection = AsyncConnection[Any]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What homes have lost now, and the incidents that are open."""

    now: datetime
    #: Of each home that may belong to an incident, its troubles.
    troubles: tuple[Trouble, ...]
    known: tuple[Incident, ...]


class IncidentStore:
    """The incidents of the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def standing(self, places: Mapping[HomeId, Place]) -> Standing:
        """Read what is lost, and what we know of it."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            await cursor.execute(_TROUBLES)
            troubles = [rows.read(row, Trouble) for row in await cursor.fetchall()]
            known = await _incidents(connection, _OPEN, places)
            ((now,),) = await _rows(connection, "select clock_timestamp()")
        return Standing(now=rows.utc(now), troubles=tuple(one for one in troubles if is_loss(one)), known=tuple(known))

    async def open(self) -> list[Incident]:
        """Read the open incidents with their homes, the largest first; what they lost is left out."""
        async with self._pool.connection() as connection:
            found = await _incidents(connection, _OPEN, {})
        return sorted(found, key=lambda incident: (-len(incident.homes), incident.incident_id))

    async def one(self, incident_id: str) -> Incident | None:
        """Read one incident, open or over."""
        async with self._pool.connection() as connection:
            return next(iter(await _incidents(connection, _ONE, {}, incident_id=incident_id)), None)

    async def apply(self, known: Iterable[Incident], found: Survey, calls: Sequence[Notification]) -> bool:
        """Write a survey and its calls in one transaction; answer False when another worker was quicker."""
        async with self._pool.connection() as connection, connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
            if dict(await _rows(connection, _VERSIONS)) != {
                incident.incident_id: incident.version for incident in known
            }:
                return False
            # Who leaves goes first: a home that moves to another incident is in one of both only.
            again, joined = (*found.over, *found.changed), (*found.changed, *found.opened)
            leaving = {"incidents": [one.incident_id for one in again], "homes": _members(again)}
            await connection.execute(_LEAVE, leaving)
            await connection.execute(_PUT, {"new": _json((*again, *found.opened))})
            await connection.execute(_JOIN, {"homes": _members(joined)})
            if calls:
                await outbox.put(connection, calls)
        return True


async def _rows(connection: Connection, statement: LiteralString) -> list[tuple[Any, ...]]:
    return await (await connection.execute(statement)).fetchall()


async def _incidents(
    connection: Connection, statement: LiteralString, places: Mapping[HomeId, Place], **asked: object
) -> list[Incident]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [_read(row, places) for row in await cursor.fetchall()]


def _read(row: dict[str, Any], places: Mapping[HomeId, Place]) -> Incident:
    members = msgspec.json.decode(row["homes"], type=list[_Member])
    lost = (
        Loss(place=places[member.home_id], since=since)
        for member in members
        if member.home_id in places
        for since in member.losses
    )
    times = {name: rows.utc(row[name]) if row[name] else None for name in ("low_since", "over_at")}
    return Incident(
        incident_id=row["incident_id"],
        cause=Cause(row["cause"]),
        key=row["key"],
        version=row["version"],
        opened_at=rows.utc(row["opened_at"]),
        began_at=rows.utc(row["began_at"]),
        losses=tuple(sorted(lost, key=lambda loss: (loss.home_id, loss.since))),
        homes=tuple(sorted(member.home_id for member in members if member.silent)),
        low_since=times["low_since"],
        over_at=times["over_at"],
    )


class _Member(msgspec.Struct, frozen=True, kw_only=True):
    home_id: HomeId
    losses: tuple[datetime, ...]
    silent: bool


def _members(incidents: Iterable[Incident]) -> str:
    made = []
    for incident in incidents:
        lost: dict[HomeId, list[datetime]] = {home_id: [] for home_id in incident.homes}
        for loss in incident.losses:
            lost.setdefault(loss.home_id, []).append(loss.since)
        silent = set(incident.homes)
        made += [
            {"incident_id": incident.incident_id, "home_id": home, "losses": losses, "silent": home in silent}
            for home, losses in lost.items()
        ]
    return msgspec.json.encode(made).decode()


def _json(incidents: Iterable[Incident]) -> str:
    names = ("incident_id", "cause", "key", "version", "opened_at", "began_at", "low_since", "over_at")
    return msgspec.json.encode([{name: getattr(one, name) for name in names} for one in incidents]).decode()


#: Any fixed number: who writes incidents holds this advisory lock until the end of the transaction.
_LOCK: Final = 0x696E6369
#: Only what is mild, so that the rule has less to look at; the rule itself is `is_loss`.
_TROUBLES: Final = """
    select alert_id, home_id, hazard, kind, severity, test, since, evidence, restored_at
    from alert where state <> 'resolved' and severity in ('device', 'notice')
"""
_VERSIONS: Final = "select incident_id, version from incident where over_at is null"
_READ: Final = """
    select incident_id, cause, key, version, opened_at, began_at, low_since, over_at,
        (select coalesce(jsonb_agg(jsonb_build_object('home_id', m.home_id, 'silent', m.left_at is null,
            'losses', to_jsonb(m.losses))), '[]')::text
        from incident_home m where m.incident_id = i.incident_id) as homes
    from incident i
"""
_OPEN: Final = f"{_READ} where over_at is null"
_ONE: Final = f"{_READ} where incident_id = %(incident_id)s"
_PUT: Final = """
    insert into incident (incident_id, cause, key, version, opened_at, began_at, low_since, over_at)
    select incident_id, cause, key, version, opened_at, began_at, low_since, over_at
    from jsonb_to_recordset(%(new)s) as new (incident_id text, cause text, key text, version integer,
        opened_at timestamptz, began_at timestamptz, low_since timestamptz, over_at timestamptz)
    on conflict (incident_id) do update set version = excluded.version, low_since = excluded.low_since,
        over_at = excluded.over_at
"""
# Who is explained by something else now keeps a place in the history of this one, and no losses.
_LEAVE: Final = """
    update incident_home set left_at = coalesce(left_at, clock_timestamp()), losses = '{}'
    where incident_id = any(%(incidents)s) and (incident_id, home_id) not in (
        select incident_id, home_id from jsonb_to_recordset(%(homes)s)
            as new (incident_id text, home_id text, silent boolean) where silent
    )
"""
_JOIN: Final = """
    insert into incident_home (incident_id, home_id, losses, left_at)
    select incident_id, home_id, losses, case when silent then null else clock_timestamp() end
    from jsonb_to_recordset(%(homes)s)
        as new (incident_id text, home_id text, losses timestamptz[], silent boolean)
    on conflict (incident_id, home_id) do update set losses = excluded.losses,
        left_at = case when excluded.left_at is not null then coalesce(incident_home.left_at, excluded.left_at) end
    where incident_home.losses <> excluded.losses
        or (incident_home.left_at is null) <> (excluded.left_at is null)
"""
