"""How soon the page of a home begins to come, when ten thousand homes have four weeks of history."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from gzip import compress
from time import perf_counter
from typing import Final

import httpx

from bench.machine import percentile
from bench.prove import import_street
from bench.samples import street_of
from contracts.rows import KINDS
from deploy.embedded.stack import Stack
from runtime.postgres import Pool, pooled
from runtime.settings import Settings, load

#: The promise: the first byte within this, for 95 of 100 pages.
PROMISED_SECONDS: Final = 0.3
LARGEST_BYTES: Final = 60_000
DAYS: Final = 28
_HEARTBEAT, _MOTION = KINDS.index("heartbeat") + 1, KINDS.index("motion") + 1


@dataclass(kw_only=True)
class Pages:
    """What was measured, in seconds; `first` are pages of homes that nobody had opened yet."""

    homes: int
    rows: int = 0
    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    lists: list[float] = field(default_factory=list)
    searches: list[float] = field(default_factory=list)
    maps: list[float] = field(default_factory=list)
    #: Compressed, the largest page.
    bytes: int = 0

    def lines(self) -> list[tuple[str, float, float, float]]:
        """Tell of each kind of page the median, the 95th of 100 and the slowest, in milliseconds."""
        kinds = {
            "home, first": self.first,
            "home, again": self.again,
            "list of homes": self.lists,
            "search": self.searches,
            "map": self.maps,
        }
        return [
            (name, 1000 * percentile(took, 0.5), 1000 * percentile(took, 0.95), 1000 * max(took))
            for name, took in kinds.items()
        ]

    @property
    def kept(self) -> bool:
        """Tell whether the promise was kept, for homes that nobody had opened yet as well."""
        return percentile(self.first, 0.95) <= PROMISED_SECONDS and self.bytes < LARGEST_BYTES


def home_pages(
    stack: Stack, *, homes: int = 10_000, opened: int = 100, say: Callable[[str], None] = lambda _: None
) -> Pages:
    """Seed the history, start the console on it, and open pages one after the other."""
    return asyncio.run(_measured(stack, homes, opened, say))


async def _measured(stack: Stack, homes: int, opened: int, say: Callable[[str], None]) -> Pages:
    settings = load(stack.environ)
    street = street_of(homes, webhook="http://127.0.0.1:9/none")
    await import_street(settings, street)
    # Spread over the street, as people are.
    looked_at = [street.homes[n * homes // opened].home_id for n in range(opened)]
    pages = Pages(homes=homes)
    async with pooled(settings.postgres) as pool:
        say(f"{DAYS} days of {homes} homes")
        pages.rows = await _seed(pool, looked_at)
    await asyncio.to_thread(stack.service("console").wait_ready, 60.0)
    async with _signed_in(settings) as (client, token):
        say("pages")
        await _open(client, token, looked_at, pages)
    return pages


async def _open(client: httpx.AsyncClient, token: str, looked_at: Sequence[str], pages: Pages) -> None:
    for took in (pages.first, pages.again):
        for home_id in looked_at:
            took.append(await _first_byte(client, pages, f"/homes/{home_id}"))
    for number in range(20):
        pages.lists.append(await _first_byte(client, pages, "/homes?state=open" if number % 2 else "/homes"))
        pages.maps.append(await _first_byte(client, pages, "/map"))
        begin = perf_counter()
        answer = await client.post("/search", data={"csrf": token, "q": ("3412", "h-00", "김", "동")[number % 4]})
        pages.searches.append(perf_counter() - begin)
        answer.raise_for_status()


async def _first_byte(client: httpx.AsyncClient, pages: Pages, path: str) -> float:
    begin = perf_counter()
    async with client.stream("GET", path) as answer:
        took = perf_counter() - begin
        answer.raise_for_status()
        pages.bytes = max(pages.bytes, len(compress(await answer.aread())))
    return took


@asynccontextmanager
async def _signed_in(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    console = settings.console
    headers = {"Sec-Fetch-Site": "same-origin"}
    url = f"http://127.0.0.1:{console.port}"
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=30) as client:
        form = {"name": console.operator_name, "password": console.operator_password.reveal()}
        await client.post("/sign-in", data=form)
        page = await client.get("/search")
        page.raise_for_status()
        yield client, page.text.split('name="csrf" value="', 1)[1].split('"', 1)[0]


async def _seed(pool: Pool, looked_at: Sequence[str]) -> int:
    """Every home spoke once an hour; those that are opened every minute, and somebody moved in them by day."""
    async with pool.connection() as connection:
        await connection.execute("select reading_partitions(current_date - 30, current_date + 1)")
        asked = {"homes": list(looked_at), "days": DAYS, "beat": _HEARTBEAT, "motion": _MOTION}
        rows = (await connection.execute(_BEATS, asked | {"pause": 3600, "opened": False})).rowcount
        rows += (await connection.execute(_BEATS, asked | {"pause": 60, "opened": True})).rowcount
        rows += (await connection.execute(_MOVES, asked)).rowcount
    async with pool.connection() as connection:
        await connection.set_autocommit(True)
        await connection.execute("vacuum analyze reading")
        await connection.set_autocommit(False)
    return rows


_BEATS: Final = """
    insert into reading
    select at, at, null, %(beat)s, 1, false, false, h.home_id, 'gateway',
        substring(decode(md5(h.home_id || at::text), 'hex') for 12), null
    from generate_series(now() - make_interval(days => %(days)s), now(), make_interval(secs => %(pause)s)) as at, home h
    where (h.home_id = any(%(homes)s)) = %(opened)s
"""
_MOVES: Final = """
    insert into reading
    select at + random() * interval '4 minutes', at, 1, %(motion)s, 2, false, false, s.home_id, s.sensor_id,
        substring(decode(md5(s.home_id || s.sensor_id || at::text), 'hex') for 12), null
    from generate_series(now() - make_interval(days => %(days)s), now() - interval '5 minutes', interval '5 minutes')
        as at, sensor s
    where s.home_id = any(%(homes)s) and s.kind = 'motion' and random() < 0.25
        and extract(hour from at at time zone 'Asia/Seoul') between 6 and 22
"""
