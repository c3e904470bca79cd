"""What must be true of a database that was brought back, asked of it: a list of what is not."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final, LiteralString

import psycopg

from console.audit.postgres import AuditStore
from console.audit.verdict import Verdict
from deploy.backup.dump import rows_of
from deploy.backup.manifest import Manifest
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Postgres, Secret

Connection = psycopg.Connection[tuple[Any, ...]]

#: What is counted must be nothing.
_NEVER: Final[dict[str, LiteralString]] = {
    "alerts that are not resolved have no timer": (
        "select count(*) from alert where state <> 'resolved' and due_at is null"
    ),
    "alerts have a log with a hole, or without its beginning or its end": """
        select count(*) from alert left join (
            select alert_id, count(*) as lines, min(version) as first, max(version) as last
            from alert_log group by alert_id
        ) as log using (alert_id)
        where lines is distinct from alert.version or first is distinct from 1 or last is distinct from alert.version
    """,
    "calls that wait are never due": "select count(*) from notification where state = 'queued' and due_at is null",
    "homes and hazards have more than one open alert": """
        select count(*) from (
            select from alert where state <> 'resolved' group by home_id, hazard having count(*) > 1
        ) as twice
    """,
    "homes have neither a district nor a policy": """
        select count(*) from home left join district using (district_id) left join policy using (policy_id)
        where district.district_id is null or policy.policy_id is null
    """,
}


def faults(dsn: Secret, manifest: Manifest | None = None) -> list[str]:
    """Name what is not as it must be; with a manifest, also what is not as it was."""
    with psycopg.connect(dsn.reveal()) as connection:
        found = [*_broken(connection), *(_missing(connection, manifest) if manifest else ())]
    verdict = asyncio.run(_chain(dsn))
    if verdict.broken is not None:
        found.append(f"the access log does not follow from line {verdict.broken} on: somebody changed it")
    return found


def _broken(connection: Connection) -> Iterator[str]:
    for words, statement in _NEVER.items():
        (count,) = connection.execute(statement).fetchone() or (0,)
        if count:
            yield f"{count} {words}"


def _missing(connection: Connection, manifest: Manifest) -> Iterator[str]:
    rows, _ = rows_of(connection)
    for table, count in manifest.rows.items():
        if rows.get(table) != count:
            yield f"table {table} has {rows.get(table, 'no')} rows of {count}"


async def _chain(dsn: Secret) -> Verdict:
    async with pooled(Postgres(dsn=dsn, pool_size=1)) as pool:
        return await AuditStore(pool).verify(clock.now())
