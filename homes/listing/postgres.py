"""Pages of homes from PostgreSQL, in the order of their ids."""

from collections.abc import Collection
from typing import Final

from contracts import HomeId
from homes.model import Home
from homes.postgres import HomeStore
from runtime.postgres import Pool


class HomePages:
    """Reads homes page by page; those that the service makes up to test itself are left out."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._homes = HomeStore(pool)

    async def page(self, *, districts: Collection[str], watched: bool | None, after: str, most: int) -> list[Home]:
        """Read the homes whose ids follow; no district named means every district."""
        asked = {"districts": sorted(districts), "watched": watched, "after": after, "most": most}
        async with self._pool.connection() as connection:
            found = await (await connection.execute(_PAGE, asked)).fetchall()
        ids = [HomeId(f"{row[0]}") for row in found]
        homes = await self._homes.load_many(ids) if ids else {}
        # One that was removed between the two is left out.
        return [homes[home_id] for home_id in ids if home_id in homes]

    async def one(self, home_id: HomeId, *, districts: Collection[str]) -> Home | None:
        """Read one home, if it is of one of these districts."""
        home = await self._homes.load(home_id)
        if home is None or home_id.startswith("synthetic-"):
            return None
        return home if not districts or home.district.district_id in districts else None


_PAGE: Final = """
    select home_id from home
    where home_id > %(after)s and not starts_with(home_id, 'synthetic-')
        and (cardinality(%(districts)s::text[]) = 0 or district_id = any(%(districts)s::text[]))
        and (%(watched)s::boolean is null or watched = %(watched)s::boolean)
    order by home_id limit %(most)s
"""
