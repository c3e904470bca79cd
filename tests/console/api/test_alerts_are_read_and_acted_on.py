"""Alerts through the API: found by filters, page by page, and acted on by the rules of the board."""

import pytest

from alerts.events import Note
from console.api.table import ROOT
from contracts import AlertState, Hazard, Severity
from tests.console.api.asking import Api
from tests.console.building import a_finding

pytestmark = [pytest.mark.door]


async def test_an_alert_is_read_with_its_sentence_its_version_and_its_log(house: Api) -> None:
    alert = await house.found(a_finding("h-0003"))
    async with house.client() as client:
        got = await client.get(f"{ROOT}/alerts/{alert.alert_id}")
        told = got.json()
        assert told["what"] == "help button pressed · bedroom" and told["state"] == AlertState.NEW
        assert got.headers["ETag"] == f'"{told["version"]}"' and told["opened_at"].endswith("Z")
        same = await client.get(f"{ROOT}/alerts/{alert.alert_id}", headers={"If-None-Match": got.headers["ETag"]})
        assert same.status_code == 304 and not same.content
        korean = await client.get(f"{ROOT}/alerts/{alert.alert_id}", headers={"Accept-Language": "ko"})
        assert korean.json()["what"] == "도움 요청 버튼 누름 · 안방"
        lines = (await client.get(f"{ROOT}/alerts/{alert.alert_id}/timeline")).json()
        assert [line["version"] for line in lines["items"]] == list(range(1, told["version"] + 1))
        assert lines["next"] is None and lines["items"][0]["words"] == "Alert raised"


async def test_a_step_of_the_script_is_told_in_words_and_as_it_is_kept(house: Api) -> None:
    alert = await house.found(a_finding("h-0001"))
    await house.store.apply(Note(alert_id=alert.alert_id, operator="kim", text="step:119:called"))
    said = []
    async with house.client() as client:
        for language in ("ko", "en"):
            path, wanted = f"{ROOT}/alerts/{alert.alert_id}/timeline", {"Accept-Language": language}
            last = (await client.get(path, headers=wanted)).json()["items"][-1]
            assert last["text"] == "step:119:called"
            said.append(last["words"])
    assert said == ["대응 순서: 119 신고 · 신고함", "Response script: Call 119 · Called"]


async def test_filters_leave_out_what_was_not_asked_for(house: Api) -> None:
    fire = await house.found(a_finding("h-0003", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT))
    await house.found(a_finding("h-0001"))
    async with house.client() as client:
        for query in ("hazard=fire", "severity=urgent", "severity=urgent&severity=notice", "home_id=h-0003"):
            found = (await client.get(f"{ROOT}/alerts?{query}")).json()["items"]
            assert [one["alert_id"] for one in found] == [fire.alert_id], query
        assert len((await client.get(f"{ROOT}/alerts?state=new&test=false")).json()["items"]) == 2
        for query in ("state=resolved", "test=true", "opened_to=2020-01-01T00:00:00Z"):
            assert not (await client.get(f"{ROOT}/alerts?{query}")).json()["items"], query


async def test_a_filter_that_does_not_exist_is_told_and_not_passed_over(house: Api) -> None:
    async with house.client() as client:
        for query in ("sate=new", "limit=0", "limit=x", "state=open", "opened_from=2026-01-01T00:00:00", "cursor=abc"):
            got = await client.get(f"{ROOT}/alerts?{query}")
            assert got.status_code == 400, query
            assert got.json()["faults"][0]["where"].startswith("query"), got.text


async def test_pages_stay_whole_while_alerts_are_opened(house: Api) -> None:
    first = [await house.found(a_finding(f"h-{number:04}")) for number in range(1, 7)]
    seen: list[str] = []
    async with house.client() as client:
        query = "limit=2"
        for fresh in range(7, 10):
            page = (await client.get(f"{ROOT}/alerts?{query}")).json()
            seen += [one["alert_id"] for one in page["items"]]
            query = f"limit=2&cursor={page['next']}"
            await house.found(a_finding(f"h-{fresh:04}"))
    assert seen == [alert.alert_id for alert in reversed(first)]


async def test_an_alert_is_taken_noted_and_resolved_and_the_slower_learns_who_won(house: Api) -> None:
    alert = await house.found(a_finding("h-0003"))
    at = f"{ROOT}/alerts/{alert.alert_id}"
    other = await house.give("other-system")
    async with house.client() as client, house.client(other) as slower:
        assert (await client.post(f"{at}/acknowledge")).status_code == 428
        seen = {"If-Match": f'"{alert.version}"'}
        taken = await client.post(f"{at}/acknowledge", headers=seen)
        assert taken.status_code == 200 and taken.json()["owner"] == "api:everything"
        late = await slower.post(f"{at}/acknowledge", headers=seen)
        assert late.status_code == 409 and late.json()["winner"] == "api:everything"
        assert late.json()["reason"] == "somebody_has_it" and late.json()["mend"]
        # No page of ours sends it, and no cookie does: nothing that a browser says of itself is asked for.
        foreign = {"Origin": "https://city.example", "Sec-Fetch-Site": "cross-site"}
        noted = await client.post(f"{at}/notes", json={"text": "딸과 통화함"}, headers=foreign)
        assert noted.status_code == 200
        done = {"outcome": "U1", "resolved_by": "operator"}
        now = {"If-Match": noted.headers["ETag"]}
        assert (await client.post(f"{at}/resolve", json=done, headers=now)).status_code == 422
        well = {"outcome": "C2", "resolved_by": "family", "minutes": 5}
        closed = await client.post(f"{at}/resolve", json=well, headers=now)
        assert closed.status_code == 200 and closed.json()["outcome"]["words"] == "Reassurance"
        gone = await slower.post(f"{at}/acknowledge", headers=now)
        assert gone.status_code == 410


async def test_a_request_that_is_sent_twice_is_done_once(house: Api) -> None:
    alert = await house.found(a_finding("h-0003"))
    at = f"{ROOT}/alerts/{alert.alert_id}"
    key = {"Idempotency-Key": "note-1"}
    async with house.client() as client:
        first = await client.post(f"{at}/notes", json={"text": "한 번"}, headers=key)
        again = await client.post(f"{at}/notes", json={"text": "한 번"}, headers=key)
        assert again.content == first.content and again.headers["Idempotent-Replay"] == "true"
        other = await client.post(f"{at}/notes", json={"text": "두 번"}, headers=key)
        assert other.status_code == 422 and other.json()["type"].endswith("key_reused")
    lines = await house.store.timeline(alert.alert_id)
    assert [line.text for line in lines if line.text.endswith("번")] == ["한 번"]


async def test_what_is_not_json_or_not_what_was_asked_for_is_told(house: Api) -> None:
    alert = await house.found(a_finding("h-0003"))
    at = f"{ROOT}/alerts/{alert.alert_id}/notes"
    async with house.client() as client:
        assert (await client.post(at, content=b"text=1")).status_code == 415
        assert (await client.post(at, json={})).json()["faults"][0]["where"] == "body"
        assert (await client.post(at, json={"text": "a\u0000b"})).status_code == 400
        assert (await client.post(at, json={"text": "x", "more": 1})).status_code == 400
        assert (await client.post(at, content=b"x" * 70_000)).status_code == 413
