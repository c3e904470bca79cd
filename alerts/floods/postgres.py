"""Floods in PostgreSQL: at most one goes on, and each keeps its beginning, its end and its peak."""

from typing import Any, Final, LiteralString

import structlog
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from alerts import metrics, rows
from alerts.floods.flood import WINDOW, Flood, Load, is_flood
from alerts.presence.postgres import PRESENT, PRESENT_SECONDS
from contracts.ids import SYNTHETIC_PREFIX
from runtime.postgres import Pool

log = structlog.get_logger()

Connection = AsyncConnection[Any]


async def look(pool: Pool) -> Flood | None:
    """Begin or end a flood as the rule says; answer the one that goes on."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
        load, known = await load_of(connection), await flood_now(connection)
        flooded = is_flood(load, flooded=known is not None)
        if flooded:
            await connection.execute(_GROW if known else _BEGIN, {"peak": load.latest, "operators": load.operators})
        elif known:
            await connection.execute(_END)
        now = await flood_now(connection) if flooded else None
    _tell(load, known, now)
    return now


async def load_of(connection: Connection) -> Load:
    """Count what came in lately, tests and synthetic alarms left out, and the operators on duty."""
    asked = {"window": WINDOW, "seconds": PRESENT_SECONDS, "synthetic": SYNTHETIC_PREFIX}
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(_LOAD, asked)
    (row,) = await cursor.fetchall()
    return rows.read(row, Load)


async def flood_now(connection: Connection) -> Flood | None:
    """Read the flood that goes on, for the board; None: there is none."""
    return next(iter(await _floods(connection, _NOW)), None)


async def floods(connection: Connection, most: int = 50) -> list[Flood]:
    """Read the latest floods, newest first."""
    return await _floods(connection, _LATEST, most=most)


async def _floods(connection: Connection, statement: LiteralString, **asked: object) -> list[Flood]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(statement, asked)
    return [rows.read(row, Flood) for row in await cursor.fetchall()]


def _tell(load: Load, before: Flood | None, now: Flood | None) -> None:
    metrics.flood.set(1 if now else 0)
    metrics.operators_on_duty.set(load.operators)
    metrics.load_per_operator.set(load.latest / load.shoulders)
    if now and not before:
        log.warning("flood_began", flood_id=now.flood_id, alerts=load.latest, operators=load.operators)
    if before and not now:
        log.info("flood_ended", flood_id=before.flood_id, peak=before.peak)


#: Any fixed number: who looks holds this advisory lock until the end of the transaction.
_LOCK: Final = 0x666C6F6F
_LOAD: Final = f"""
    select count(*) filter (where opened_at > clock_timestamp() - %(window)s) as latest,
        count(*) filter (where opened_at <= clock_timestamp() - %(window)s) as before,
        (select count(distinct operator) from presence where {PRESENT}) as operators
    from alert
    where opened_at > clock_timestamp() - 2 * %(window)s and not test and not starts_with(home_id, %(synthetic)s)
"""
_BEGIN: Final = """
    insert into flood (began_at, peak, operators) values (clock_timestamp(), %(peak)s, %(operators)s)
"""
_GROW: Final = """
    update flood set peak = %(peak)s, operators = %(operators)s where ended_at is null and peak < %(peak)s
"""
_END: Final = "update flood set ended_at = clock_timestamp() where ended_at is null"
_READ: Final = "select flood_id, began_at, ended_at, peak, operators from flood"
_NOW: Final = f"{_READ} where ended_at is null"
_LATEST: Final = f"{_READ} order by began_at desc limit %(most)s"
