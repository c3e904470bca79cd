"""The walk test end to end: a press is on the engineer's page in a second or two, as a test, and calls nobody."""

import asyncio
import re
import statistics

import httpx
import pytest

from contracts import HoldKind, HomeId, ReadingBatch, decode
from contracts.topics import READINGS
from contracts.values import Motion
from runtime import clock
from runtime.kafka import consuming
from simulator.dialects import Dialect, topic_of
from tests.journey.board import signed_in, step_up
from tests.journey.town import Town, town
from tests.until import until

#: From the press to the engineer's page; the middle of some presses, for other tests share the machine.
ON_THE_PAGE_WITHIN = 2.0
PRESSES = 7
SENSOR = "help-bedroom"

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


async def test_w2_w4_a_press_in_a_walk_test_never_leaves_the_house_and_a_neighbours_does() -> None:
    async with town(2) as here:
        tested, neighbour = (home.home_id for home in here.homes)
        async with signed_in(here) as browser:
            await begin(browser, tested)
            await told(here, tested, over=False)
            took = [await seen_after(browser, here, tested, number) for number in range(1, PRESSES + 1)]
            assert statistics.median(took) < ON_THE_PAGE_WITHIN, took
            await until(lambda: shown_as_a_test(browser, tested), within=15, what="the alarm stands on the page")
            assert "시험 · " in (await browser.get("/")).text
            # By the time that everybody was called for the neighbour, they would have been for this home.
            here.press(neighbour)
            await until(lambda: len(here.pushes_for(neighbour)) >= 3, within=20, what="the neighbour's whole list")
            assert not here.pushes_for(tested)
            assert not await here.ask("select from notification where home_id = %s", tested)
            result = await end(browser, tested)
            assert "도움 요청 버튼" in result and "불합격" in result and "신호 없음" in result
            # The test is over: the same press is real at once.
            await told(here, tested, over=True)
            here.press(tested)
            await until(lambda: here.pushes_for(tested), within=15, what="a push to the family")


async def test_what_a_gateway_says_is_in_the_raw_view_in_seconds_and_a_refusal_with_its_reason() -> None:
    async with town(1, "ingest", "history", "console") as here:
        home = here.homes[0].home_id
        path = f"/engineer/homes/{home}/messages"
        topic = topic_of(home, Dialect.NATIVE, "readings")
        async with signed_in(here) as browser:
            here.say(home, Motion(active=True), sensor="motion-living")
            here.publish(topic, b"{{ not json")

            async def shown() -> bool:
                lines = (await browser.get(f"{path}.ndjson")).text
                return "motion-living" in lines and "not_json" in lines

            await step_up(browser, here)
            await until(shown, within=20, what="both messages are in the raw view")
            page = (await browser.get(path)).text
            assert "{{ not json" in page and "motion" in page


async def begin(browser: httpx.AsyncClient, home_id: HomeId) -> None:
    path = f"/engineer/homes/{home_id}/walk"
    answer = await browser.post(f"{path}/start", data={"csrf": await token(browser, path)})
    assert answer.status_code == 303, answer.text


async def end(browser: httpx.AsyncClient, home_id: HomeId) -> str:
    path = f"/engineer/homes/{home_id}/walk"
    answer = await browser.post(f"{path}/stop", data={"csrf": await token(browser, path)})
    return (await browser.get(answer.headers["location"])).text


async def token(browser: httpx.AsyncClient, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', (await browser.get(path)).text)
    assert found
    return found[1]


async def seen_after(browser: httpx.AsyncClient, here: Town, home_id: HomeId, presses: int) -> float:
    """Press the help button, and tell after how long the engineer's page counts it."""
    pressed_at = clock.ticks()
    here.press(home_id)

    async def counted() -> bool:
        part = await browser.get(f"/engineer/homes/{home_id}/walk", headers={"X-Fragment": "1"})
        return bool(re.search(rf'data-sensor="{SENSOR}" data-signals="{presses}"', part.text))

    await until(counted, within=15, what=f"press {presses} on the page")
    return clock.ticks() - pressed_at


async def told(here: Town, home_id: HomeId, *, over: bool) -> None:
    """Wait until the stream says that the home is under test, or not any more: from then on detectors know."""
    async with asyncio.timeout(15), consuming(here.settings.kafka, READINGS, group=None) as consumer:
        async for record in consumer:
            for home in decode(record.value, ReadingBatch).homes:
                tests = [hold for hold in home.holds if hold.kind is HoldKind.TEST]
                if home.home_id == home_id and tests and (tests[-1].until_at <= clock.now()) is over:
                    return


async def shown_as_a_test(browser: httpx.AsyncClient, home_id: HomeId) -> bool:
    return "시험 사건" in (await browser.get(f"/engineer/homes/{home_id}/walk", headers={"X-Fragment": "1"})).text
