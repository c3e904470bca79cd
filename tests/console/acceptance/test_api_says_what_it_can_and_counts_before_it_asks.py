"""The API: what FHIR wants known of a server, a repeat that is a look as well, and tokens that nobody gave."""

import pytest

from console.api.access import Keeper
from console.api.problems import Kind, Refused
from console.api.scopes import Scope
from console.api.table import ROOT
from console.chain import first_break
from console.postgres import ConsoleStore
from runtime import clock
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.console.api.asking import api
from tests.console.building import a_finding

pytestmark = pytest.mark.door

MADE_UP = f"Bearer dlb_city-hall_{'A' * 43}"


async def test_fhir_metadata_is_open_and_says_what_is_served(postgres: Postgres) -> None:
    async with api(postgres) as house, house.client(Authorization="") as client:
        got = await client.get(f"{ROOT}/fhir/metadata?_format=json")
        assert got.status_code == 200 and got.headers["Content-Type"].startswith("application/fhir+json")
        said = got.json()
        assert (said["resourceType"], said["fhirVersion"], said["kind"]) == ("CapabilityStatement", "4.0.1", "instance")
        assert said["implementation"]["url"].endswith(f"{ROOT}/fhir")
        (observation,) = said["rest"][0]["resource"]
        assert observation["type"] == "Observation" and observation["interaction"] == [{"code": "search-type"}]
        named = {one["name"] for one in observation["searchParam"]}
        described = (await client.get(f"{ROOT}/openapi.json")).json()["paths"]
        asked = {one["name"] for one in described[f"{ROOT}/fhir/Observation"]["get"]["parameters"]}
        assert named == asked - {"_cursor"}, "the statement says what the search takes"
        assert described[f"{ROOT}/fhir/metadata"]["get"]["security"] == []
        assert not await ConsoleStore(house.pool).access_lines(), "it is nobody's record"


async def test_an_answer_that_is_given_again_is_a_look_again(postgres: Postgres) -> None:
    async with api(postgres) as house, house.client(**{"Idempotency-Key": "note-1"}) as client:
        alert = await house.found(a_finding("h-0003"))
        at = f"{ROOT}/alerts/{alert.alert_id}/notes"
        for replay in (None, "true", "true"):
            got = await client.post(at, json={"text": "한 번"})
            assert got.status_code == 200 and got.headers.get("Idempotent-Replay") == replay
        lines = await ConsoleStore(house.pool).access_lines()
        assert first_break(lines) is None
        assert [(line.subject, line.what, line.task) for line in lines] == [
            ("h-0003", "api_alert_acted", "write_note"),
            ("h-0003", "api_alert_read", "write_note"),
            ("h-0003", "api_alert_read", "write_note"),
        ]


async def test_a_repeat_shows_nothing_that_is_not_the_tokens_any_more(postgres: Postgres) -> None:
    async with api(postgres) as house, house.client(**{"Idempotency-Key": "note-1"}) as client:
        alert = await house.found(a_finding("h-0003"))
        at = f"{ROOT}/alerts/{alert.alert_id}/notes"
        assert (await client.post(at, json={"text": "한 번"})).status_code == 200
        async with house.pool.connection() as connection:
            await connection.execute("update api_token set districts = '{죽림동}'")
        assert (await client.post(at, json={"text": "한 번"})).status_code == 404


async def asked(keeper: Keeper, header: str, *, ticks: float = 0.0) -> Kind | None:
    """Send a token from one address; tell why it was turned away."""
    try:
        await keeper.admit(header, Scope.ALERTS_READ, source="192.0.2.1", now=clock.now(), ticks=ticks)
    except Refused as fault:
        return fault.kind
    return None


async def test_made_up_tokens_are_turned_away_before_the_database_is_asked(postgres: Postgres) -> None:
    async with api(postgres) as house:
        known, late = f"Bearer {house.token}", f"Bearer {await house.give('late')}"
        async with pooled(postgres) as pool:
            keeper = Keeper(pool)
            assert [await asked(keeper, known) for _ in range(2)] == [None, None]
            made_up = [MADE_UP, f"{known[:-3]}xyz"] * 30
            assert {await asked(keeper, one) for one in made_up} == {Kind.NO_TOKEN}, "the good ones cost nothing"
            assert await asked(keeper, MADE_UP) is Kind.TOO_MANY
            assert await asked(keeper, known) is None, "what was good before does not wait"
            assert await asked(keeper, late) is None, "nor does one that comes for the first time"
            newer = f"Bearer {await house.give('newer')}"
            assert await asked(keeper, newer) is Kind.TOO_MANY, "all tokens are read again after five seconds"
            assert await asked(keeper, newer, ticks=5.0) is None
            assert {await asked(keeper, MADE_UP, ticks=5.0) for _ in range(5)} == {Kind.NO_TOKEN}
            async with pool.connection() as connection:
                await connection.execute("update api_token set taken_at = now()")
            assert await asked(keeper, known, ticks=5.0) is Kind.NO_TOKEN
            assert await asked(keeper, known, ticks=5.0) is Kind.TOO_MANY
        # The pool is closed: whoever is turned away now was not looked up.
        assert await asked(keeper, MADE_UP, ticks=5.0) is Kind.TOO_MANY
