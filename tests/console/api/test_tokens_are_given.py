"""The page of tokens: given by a supervisor, shown once, taken back; and the same at the terminal."""

import re
from pathlib import Path

import pytest

from console.api.giving.forms import Unfit, Wish, token_of
from console.api.limits import Bucket, take
from console.api.secret import digest, is_same, read, write
from console.api.table import ROOT
from runtime.settings import Kafka, Postgres
from tests.console.building import NOON
from tests.console.entry.people import step_up
from tests.console.running import centre, signed_in, with_street
from tests.console.running import token_of as csrf_of


@pytest.mark.door
async def test_a_supervisor_gives_a_token_that_works_until_it_is_taken_back(
    tmp_path: Path, postgres: Postgres, kafka: Kafka
) -> None:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as house, signed_in(house.url) as client:
        csrf = await csrf_of(client)
        await step_up(client)
        asked = {"csrf": csrf, "token_id": "city-hall", "name": "시청 돌봄", "scope": "alerts:read", "days": "30"}
        given = await client.post("/sup/tokens", data={**asked, "per_minute": "60"})
        assert given.status_code == 200, given.text
        found = re.search(r'value="(dlb_city-hall_[A-Za-z0-9_-]{43})"', given.text)
        assert found is not None
        headers = {"Authorization": f"Bearer {found[1]}"}
        assert (await client.get(f"{ROOT}/alerts", headers=headers)).status_code == 200
        # The session of a person who may do all of it opens nothing here.
        assert "dolbom_session" in client.cookies
        assert (await client.get(f"{ROOT}/alerts")).status_code == 401
        page = (await client.get("/sup/tokens")).text
        assert "city-hall" in page and found[1] not in page
        again = await client.post("/sup/tokens", data={**asked, "per_minute": "60"})
        assert again.status_code == 422
        taken = await client.post("/sup/tokens/city-hall/take", data={"csrf": csrf})
        assert taken.status_code == 303
        assert (await client.get(f"{ROOT}/alerts", headers=headers)).status_code == 401
    log = (tmp_path / "console.log").read_text()
    assert found[1] not in log and found[1].split("_", 2)[2] not in log


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (Wish(token_id="A", name="x", scopes=["webhooks"]), Unfit.BAD_ID),
        (Wish(token_id="a\n", name="x", scopes=["webhooks"]), Unfit.BAD_ID),
        (Wish(token_id="ab", name=" ", scopes=["webhooks"]), Unfit.NO_NAME),
        (Wish(token_id="ab", name="x", scopes=[]), Unfit.NO_SCOPE),
        (Wish(token_id="ab", name="x", scopes=["everything"]), Unfit.NO_SCOPE),
        (Wish(token_id="ab", name="x", scopes=["webhooks"], districts=["없는동"]), Unfit.NO_SUCH_DISTRICT),
        (Wish(token_id="ab", name="x", scopes=["webhooks"], days=0), Unfit.BAD_DAYS),
        (Wish(token_id="ab", name="x", scopes=["webhooks"], per_minute=0), Unfit.BAD_RATE),
    ],
)
def test_a_token_that_nobody_could_answer_for_is_not_given(wish: Wish, why: Unfit) -> None:
    assert token_of(wish, known=["매화동"], by="tests", now=NOON) is why


def test_a_token_is_known_again_by_its_digest_alone() -> None:
    shown = read(f"Bearer {write('city-hall', bytes(range(32)))}")
    assert shown is not None and shown.token_id == "city-hall"
    assert is_same(shown.secret, digest(shown.secret)) and not is_same(shown.secret + "x", digest(shown.secret))
    assert shown.secret not in repr(shown)
    for header in ("", "Bearer", "Bearer dlb_x", "Basic abc", f"Bearer dlb_city-hall_{'x' * 42}"):
        assert read(header) is None


def test_a_bucket_fills_again_and_says_how_long_to_wait() -> None:
    bucket: Bucket | None = None
    for _each in range(60):
        bucket, wait = take(bucket, per_minute=60, now=100.0)
        assert wait == 0
    bucket, wait = take(bucket, per_minute=60, now=100.0)
    assert wait == 1
    assert take(bucket, per_minute=60, now=101.0)[1] == 0
