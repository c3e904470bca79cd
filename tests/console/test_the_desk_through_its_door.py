"""The desk through the door: the next case, presses sent twice, many small ones at once, steps, and districts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from console.roles import Role
from contracts import AlertChangeKind, Hazard, Severity
from runtime.settings import Kafka, Postgres
from tests.console.building import a_finding
from tests.console.entry.people import as_one, with_account
from tests.console.running import Centre, centre, events, signed_in, token_of, with_street

pytestmark = pytest.mark.door
SCRIPT = {"X-Script": "1"}


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def pressed(client: httpx.AsyncClient, path: str, key: str = "", **fields: object) -> httpx.Response:
    headers = {**SCRIPT, **({"Idempotency-Key": key} if key else {})}
    return await client.post(path, data={"csrf": await token_of(client), **fields}, headers=headers)


async def test_the_most_pressing_case_is_given_and_no_two_are_given_the_same(house: Centre) -> None:
    await with_account(house.pool, "박도윤", Role.OPERATOR)
    smoke = a_finding("h-0002", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT)
    urgent, cry = await house.found(smoke), await house.found(a_finding("h-0001"))
    async with signed_in(house.url) as kim, as_one(house, "박도윤") as park:
        both = await asyncio.gather(pressed(kim, "/alerts/claim-next"), pressed(park, "/alerts/claim-next"))
        taken = {msgspec.json.decode(answer.content)["id"] for answer in both}
        assert taken == {urgent.alert_id, cry.alert_id}
        assert (await pressed(kim, "/alerts/claim-next")).status_code == 404


async def test_a_press_that_is_sent_twice_is_done_once(house: Centre) -> None:
    first, second = await house.found(a_finding("h-0001")), await house.found(a_finding("h-0002"))
    async with signed_in(house.url) as client:
        one = await pressed(client, "/alerts/claim-next", key="press-number-1")
        again = await pressed(client, "/alerts/claim-next", key="press-number-1")
        assert one.content == again.content and one.status_code == again.status_code == 200
        path = f"/alerts/{first.alert_id}/note"
        for _ in range(2):
            assert (await pressed(client, path, key="press-number-2", text="전화함")).status_code == 204
        # The key of another press is not this one's.
        other = f"/alerts/{second.alert_id}/note"
        assert (await pressed(client, other, key="press-number-2", text="전화함")).status_code == 422
    kinds = [line.change for line in await house.store.timeline(first.alert_id)]
    assert kinds.count(AlertChangeKind.NOTED) == 1


async def test_only_devices_and_notices_are_acknowledged_together(house: Centre) -> None:
    silent = a_finding("h-0003", kind="gateway_silent", hazard=Hazard.GATEWAY, severity=Severity.DEVICE)
    device, cry = await house.found(silent), await house.found(a_finding("h-0001"))
    async with signed_in(house.url) as client:
        answer = await pressed(client, "/alerts/bulk", id=[device.alert_id, cry.alert_id, "nobody"])
        assert answer.status_code == 207
        done = {one["id"]: one["status"] for one in msgspec.json.decode(answer.content)["done"]}
        assert done == {device.alert_id: 204, cry.alert_id: 422, "nobody": 404}
        assert (await pressed(client, "/alerts/bulk", id=["x"] * 201)).status_code == 422
        assert (await pressed(client, "/alerts/bulk")).status_code == 422


async def test_a_step_is_answered_once_and_leads_on(house: Centre) -> None:
    alert = await house.found(a_finding("h-0001"))
    async with signed_in(house.url) as client:
        path = f"/alerts/{alert.alert_id}/step"
        assert (await pressed(client, f"{path}/1", answer="sings")).status_code == 422
        assert (await pressed(client, f"{path}/1", answer="no_answer")).status_code == 204
        assert (await pressed(client, f"{path}/1", answer="well")).status_code == 409
        pane = (await client.get(f"/alerts/{alert.alert_id}", headers={"X-Fragment": "1"})).text
        assert "대상자에게 다시 전화" in pane and "무응답" in pane and "2580" not in pane
    kinds = [line.change for line in await house.store.timeline(alert.alert_id)]
    assert kinds == [AlertChangeKind.OPENED, AlertChangeKind.PHONED]


async def test_an_operator_of_one_district_is_told_of_no_other(house: Centre) -> None:
    await with_account(house.pool, "박도윤", Role.OPERATOR, districts=["죽림동"])
    here, there = await house.found(a_finding("h-0001")), await house.found(a_finding("h-0002"))
    async with as_one(house, "박도윤") as client:
        page = (await client.get("/")).text
        assert here.alert_id in page and there.alert_id not in page and "한상철" not in page
        rows = msgspec.json.decode((await client.get("/console/snapshot", headers=SCRIPT)).content)["rows"]
        assert [row["id"] for row in rows] == [here.alert_id]
        assert (await client.get(f"/alerts/{there.alert_id}")).status_code == 404
        note = await pressed(client, f"/alerts/{there.alert_id}/note", text="전화함")
        assert note.status_code == 404
        assert there.alert_id not in (await client.get(f"/console/strips?ids={there.alert_id}")).text
        mark = page.split('data-mark="', 1)[1].split('"', 1)[0]
        later = await house.found(a_finding("h-0003"))
        seen = await house.found(a_finding("h-0006"))
        heard = await events(client, mark, lambda told: [name for name, _, _ in told].count("tick") > 2)
        ids = {data.get("id") for name, _, data in heard if name == "alert"}
        assert seen.alert_id in ids and later.alert_id not in ids and there.alert_id not in ids
        assert [data["open"] for name, _, data in heard if name == "tick"][-1] == 2
        # The next case of all is in another district: it is not theirs to be given.
        given = {msgspec.json.decode((await pressed(client, "/alerts/claim-next")).content)["id"] for _ in range(2)}
        assert given == {here.alert_id, seen.alert_id}
        assert (await pressed(client, "/alerts/claim-next")).status_code == 404
