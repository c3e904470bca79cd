"""Presence in PostgreSQL: an open page says again and again that its operator is there."""

from datetime import datetime
from typing import Any, Final

from psycopg import AsyncConnection

from alerts import rows

Connection = AsyncConnection[Any]

#: An operator whose page has been silent for longer is not there.
PRESENT_SECONDS: Final = 30


async def seen(connection: Connection, operator: str, console: str) -> None:
    """Write down that an operator's page was open just now; `console` tells two pages of one operator apart."""
    await connection.execute(_SEEN, {"operator": operator, "console": console})


async def left(connection: Connection, operator: str, console: str) -> None:
    """Write down that an operator went: signed out, or closed the page."""
    await connection.execute(_LEFT, {"operator": operator, "console": console})


async def manned(connection: Connection) -> bool:
    """Tell whether any operator is at a console now."""
    row = await (await connection.execute(_MANNED, {"seconds": PRESENT_SECONDS})).fetchone()
    return bool(row and row[0])


async def now_and_manned(connection: Connection) -> tuple[datetime, bool]:
    """Tell what time it is and whether any operator is at a console, in one question."""
    cursor = await connection.execute(_NOW_AND_MANNED, {"seconds": PRESENT_SECONDS})
    ((now, somebody),) = await cursor.fetchall()
    return rows.utc(now), bool(somebody)


async def on_duty(connection: Connection) -> tuple[str, ...]:
    """Name the operators who are at a console now, each once, in alphabetical order."""
    cursor = await connection.execute(_ON_DUTY, {"seconds": PRESENT_SECONDS})
    return tuple(f"{operator}" for (operator,) in await cursor.fetchall())


async def forget(connection: Connection) -> int:
    """Drop what is older than a day, so that the table stays as small as the room; answer how many rows."""
    return (await connection.execute(_FORGET)).rowcount


# A page of which a clock ahead said that it was open is not open for as long as that clock was ahead.
_AHEAD: Final = "clock_timestamp() + interval '5 seconds'"
# Never back: of two consoles' words that cross on their way, the later stands.
_SEEN: Final = f"""
    insert into presence (operator, console, seen_at) values (%(operator)s, %(console)s, clock_timestamp())
    on conflict (operator, console) do update set seen_at = case when presence.seen_at > {_AHEAD}
        then excluded.seen_at else greatest(presence.seen_at, excluded.seen_at) end
"""
_LEFT: Final = "delete from presence where operator = %(operator)s and console = %(console)s"
#: Of a row of `presence`, with PRESENT_SECONDS as `seconds`: its operator is there now.
PRESENT: Final = f"""
    seen_at > clock_timestamp() - %(seconds)s * interval '1 second' and seen_at <= {_AHEAD}
"""
_MANNED: Final = f"select exists (select from presence where {PRESENT})"
_NOW_AND_MANNED: Final = f"select clock_timestamp(), ({_MANNED})"
_ON_DUTY: Final = f"select distinct operator from presence where {PRESENT} order by operator"
_FORGET: Final = "delete from presence where seen_at < clock_timestamp() - interval '1 day'"
