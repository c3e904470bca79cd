"""One session keeps a few pages open at the feed; the newest stay, for one of the older may be a dead line."""

import asyncio
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st
from psycopg_pool import AsyncConnectionPool

from alerts.postgres import AlertStore
from console.board.postgres import Desk
from console.live import Live
from console.seats import MOST_FEEDS, Seats
from console.told import Told
from deploy.embedded.children import loopback_port
from runtime.postgres import Pool
from runtime.settings import Kafka


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans())))
def test_nobody_has_more_seats_than_allowed_and_another_loses_none(steps: list[tuple[str, bool]]) -> None:
    seats, there = Seats[int](3), {"a": list[int](), "b": list[int]()}
    for number, (who, comes) in enumerate(steps):
        if comes:
            there[who].append(number)
            oldest = there[who].pop(0) if len(there[who]) > 3 else None
            assert seats.take(who, number) == oldest
        elif there[who]:
            seats.leave(who, there[who].pop())
        # Whoever had to leave, leaves again when the line is closed: that frees nobody's seat.
        seats.leave(who, -1)


async def test_the_oldest_page_of_a_session_gives_way_and_other_sessions_pages_stay() -> None:
    pool: Pool = AsyncConnectionPool(f"host=127.0.0.1 port={loopback_port()}", open=False)
    live = Live(Kafka(), Desk(AlertStore(pool), pool))
    other, *pages = [live.listen("", session) for session in ("other", *["one"] * (MOST_FEEDS + 1))]
    for page in (other, *pages):
        await anext(page), await anext(page)  # the reset, and the first tick
    assert await _is_over(pages[0]) and not await _is_over(pages[1]) and not await _is_over(other)


async def _is_over(page: AsyncIterator[Told]) -> bool:
    try:
        async with asyncio.timeout(0.01):
            await anext(page)
    except StopAsyncIteration:
        return True
    except TimeoutError:
        return False
    return False
