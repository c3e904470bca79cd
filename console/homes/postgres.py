"""What the pages of homes read in one question over the tables of homes and alerts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

from psycopg.rows import class_row

from console.homes.lists import PAGE, Asked, Found
from console.homes.raster import Held
from contracts import HomeId
from runtime.postgres import Pool


class HomeList:
    """Homes with how they stand; the stores of `homes` and `alerts` know each only its half."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def listed(self, asked: Asked) -> list[Found]:
        """Read one page of the list, and one home more when there is another page."""
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Found))
            await cursor.execute(_LIST, _fields(asked))
            return await cursor.fetchall()

    async def count(self, asked: Asked) -> int:
        """Count the homes that the list is narrowed to."""
        rows = await self._rows(_COUNT, _fields(asked))
        return int(rows[0][0])

    async def dongs(self, districts: frozenset[str]) -> list[tuple[str, str]]:
        """Name the districts that the reader may see, by id, with their dong."""
        rows = await self._rows(_DONGS, {"districts": list(districts), "everywhere": not districts})
        return [(f"{district}", f"{dong}") for district, dong in rows]

    async def holds(self, home_id: HomeId, since: datetime) -> list[Held]:
        """Read the holds of a home that ended after a moment, or have not."""
        rows = await self._rows(_HOLDS, {"home": home_id, "since": since})
        return [
            Held(kind=kind, from_at=begin.astimezone(UTC), until_at=end.astimezone(UTC), by=by, reason=reason)
            for kind, begin, end, by, reason in rows
        ]

    async def not_protected(self, home_id: HomeId) -> bool:
        """Tell whether a finding says that the home is not protected now."""
        return bool(await self._rows(_NOT_PROTECTED, {"home": home_id}))

    async def enrolled_at(self, home_id: HomeId) -> datetime | None:
        """Tell when its gateway was put up, where that is known."""
        rows = await self._rows(_ENROLLED, {"home": home_id})
        return rows[0][0] if rows and rows[0][0] else None

    async def _rows(self, statement: LiteralString, asked: dict[str, object]) -> Sequence[tuple[Any, ...]]:
        async with self._pool.connection() as connection:
            return await (await connection.execute(statement, asked)).fetchall()


def _fields(asked: Asked) -> dict[str, object]:
    digits = "".join(letter for letter in asked.part if letter.isdigit())
    return {
        "part": asked.part,
        # Fewer digits than these are in too many numbers.
        "digits": digits if len(digits) >= 3 and not asked.part.strip("0123456789-") else "",
        "persons": asked.persons,
        "dong": asked.dong,
        "state": asked.state.value,
        "districts": list(asked.districts),
        "everywhere": not asked.districts,
        "most": PAGE + 1,
        "skip": asked.page * PAGE,
    }


_UNPROTECTED: Final = """
    exists (select from finding_heard f where f.home_id = h.home_id and f.hazard = 'protection'
        and f.phase <> 'ended' and f.severity <> 'device' and not f.test)
"""
_OPEN: Final = "exists (select from alert a where a.home_id = h.home_id and a.state <> 'resolved')"
_HELD: Final = "exists (select from hold o where o.home_id = h.home_id and o.from_at <= now() and o.until_at > now())"
_FROM: Final = f"""
    from home h join district d using (district_id) join resident r using (home_id)
    where not starts_with(h.home_id, 'synthetic-')
        and (%(everywhere)s or h.district_id = any(%(districts)s))
        and (%(dong)s = '' or d.dong = %(dong)s or d.district_id = %(dong)s)
        and (
            %(part)s = '' or position(lower(%(part)s) in h.home_id) > 0 or position(%(part)s in d.dong) > 0
            or %(persons)s and (
                position(lower(%(part)s) in lower(r.name)) > 0 or position(lower(%(part)s) in lower(h.address)) > 0
                or %(digits)s <> '' and right(regexp_replace(r.phone, '\\D', '', 'g'), length(%(digits)s)) = %(digits)s
            )
        )
        and case %(state)s
            when 'open' then {_OPEN}
            when 'unprotected' then h.watched and {_UNPROTECTED}
            when 'held' then {_HELD}
            when 'off' then not h.watched
            else true end
"""
_LIST: Final = f"""
    with page as (
        select h.home_id, r.name, r.birth_year, r.sex, d.dong, d.district_id, h.address, h.watched, h.vulnerability
        {_FROM}
        order by d.dong, h.address, h.home_id limit %(most)s offset %(skip)s
    )
    select h.*,
        array(select a.severity from alert a where a.home_id = h.home_id and a.state <> 'resolved') as open,
        h.watched and {_UNPROTECTED} as not_protected,
        (select o.kind from hold o where o.home_id = h.home_id and o.from_at <= now() and o.until_at > now() limit 1)
            as held
    from page h order by h.dong, h.address, h.home_id
"""
_COUNT: Final = f"select count(*) {_FROM}"
_DONGS: Final = """
    select district_id, dong from district
    where district_id <> 'synthetic' and (%(everywhere)s or district_id = any(%(districts)s)) order by dong
"""
_HOLDS: Final = """
    select kind, from_at, until_at, entered_by, reason from hold
    where home_id = %(home)s and until_at > %(since)s order by from_at
"""
_NOT_PROTECTED: Final = f"select 1 from home h where h.home_id = %(home)s and h.watched and {_UNPROTECTED}"
_ENROLLED: Final = "select min(issued_at) from enrolment_credential where home_id = %(home)s"
