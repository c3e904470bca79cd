"""H: holds, cards that fail alone, the picture by itself, and what an auditor does not see."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from gzip import compress
from pathlib import Path

import pytest

from contracts import HomeId, Phase, WatchedHome
from contracts.values import Battery
from detectors.chunk import Chunk
from detectors.replay.flow import batches_of, run
from homes.postgres import HomeStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.acceptance.test_h_home_page import HOME, cells_of
from tests.console.building import a_finding
from tests.console.homes.living import a_lived_in_home, beats, moved, put, said
from tests.console.running import Centre, centre, signed_in, token_of, with_street

pytestmark = pytest.mark.door
PAGE = f"/homes/{HOME}"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres, [a_lived_in_home(HOME)])
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


def stillness_told(home: WatchedHome) -> list[str]:
    """Let the detectors live through a day in which nobody moves, and hear when they tell of it."""
    begin = clock.now() - timedelta(minutes=5)
    # A sensor that says nothing for hours is dead, and a home without a living eye is not judged.
    alive = (said(HOME, "motion-living", begin + timedelta(hours=n), Battery(percent=80.0)) for n in range(22))
    told_of = [*moved(HOME, [begin]), *alive, *beats(HOME, begin, begin + timedelta(hours=22))]
    readings = sorted(told_of, key=lambda one: one.received_at)
    told = run(Chunk(), batches_of(readings, [home], until=begin + timedelta(hours=22)))
    return [
        f"{(one.told_at - begin) // timedelta(hours=1)}"
        for one in told
        if one.kind == "inactivity" and one.phase is Phase.BEGAN
    ]


async def test_h4_a_hold_is_hatched_suppresses_and_ends_by_itself(house: Centre) -> None:
    store = HomeStore(house.pool)
    before = await store.watched(HomeId(HOME))
    assert before
    assert stillness_told(before) == ["8"]
    async with signed_in(house.url) as client:
        form = {"csrf": await token_of(client), "kind": "away", "hours": "10", "reason": "딸 집"}
        assert (await client.post(f"{PAGE}/hold", data=form)).status_code == 303
        assert (await client.post(f"{PAGE}/hold", data=form | {"hours": "400"})).status_code == 422
        page = (await client.get(PAGE)).text
        looks = set(cells_of(page).values())
        held = await store.watched(HomeId(HOME))
        assert held
        assert len(held.holds) == 1
        # The hold is over after ten hours, and what is still then is told by the usual limit.
        assert stillness_told(held) == ["18"]
        assert "외출 중" in page
        assert {"held", "unseen"} & looks
        settings = (await client.get(f"{PAGE}?tab=settings")).text
        began = re.search(r'name="from_at" value="([^"]+)"', settings)
        assert began
        end = {"csrf": form["csrf"], "kind": "away", "from_at": began[1]}
        assert (await client.post(f"{PAGE}/hold/end", data=end)).status_code == 303
        assert (await client.post(f"{PAGE}/hold/end", data=end)).status_code == 410
        assert "외출 중" not in (await client.get(PAGE)).text
    ended = await store.watched(HomeId(HOME))
    assert ended
    assert ended.holds[0].until_at <= clock.now()


async def test_h5_a_card_that_cannot_be_read_fails_alone(house: Centre) -> None:
    await house.found(a_finding(HOME))
    async with house.pool.connection() as connection:
        await connection.execute("alter table reading rename to reading_gone")
    async with signed_in(house.url) as client:
        answer = await client.get(PAGE)
    assert answer.status_code == 200
    assert answer.text.count("이 부분을 불러오지 못했습니다") >= 3
    assert "은하빌라" in answer.text
    assert "도움 요청 버튼" in answer.text


async def test_h6_the_page_is_small(house: Centre) -> None:
    now = clock.now()
    await put(house.pool, beats(HOME, now - timedelta(days=28), now))
    every = [now - timedelta(minutes=30 * n, seconds=n % 7) for n in range(1, 1300)]
    await put(house.pool, moved(HOME, every))
    async with signed_in(house.url) as client:
        body = (await client.get(PAGE)).content
    assert len(compress(body)) < 60_000


async def test_h8_an_auditor_sees_no_phone_no_codes_and_no_name(house: Centre) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update console_account set roles = '{auditor}'")
    async with signed_in(house.url) as client:
        for path in (PAGE, *(f"{PAGE}?tab={tab}" for tab in ("people", "settings", "history")), "/homes"):
            page = (await client.get(path)).text
            assert "이○자" in page or "tab=" in path
            for hidden in ("이순자", "010-0000", "#2580", "은하빌라", "오세라", "인슐린", "고혈압", "reveal"):
                assert hidden not in page, (path, hidden)
        form = {"csrf": re.findall(r'name="csrf" value="(\w+)"', page)[0], "kind": "away", "hours": "1", "reason": "x"}
        assert (await client.post(f"{PAGE}/hold", data=form)).status_code == 403


async def test_the_picture_alone_is_kept_for_five_minutes_by_its_tag(house: Centre) -> None:
    async with signed_in(house.url) as client:
        first = await client.get(f"{PAGE}/activity.svg")
        again = await client.get(f"{PAGE}/activity.svg", headers={"If-None-Match": first.headers["etag"]})
    assert first.headers["content-type"].startswith("image/svg+xml")
    assert first.headers["cache-control"] == "private, max-age=300"
    assert (again.status_code, again.content) == (304, b"")


async def test_each_card_is_drawn_again_alone(house: Centre) -> None:
    async with signed_in(house.url) as client:
        for part, card in (("now", "facts"), ("devices", "sensors"), ("limit", "limit")):
            answer = await client.get(f"{PAGE}/{part}")
            assert f'<section class="card" id="{card}"' in answer.text
            assert "<html" not in answer.text
