"""What remains after the end, and the sheet for 119: through the door, and as values."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from alerts.events import Resolve
from alerts.model import Alert, Visit, VisitStage
from alerts.outcomes import Outcome, OutcomeCode, ResolvedBy
from alerts.sheet import sheet_of
from alerts.unfinished.postgres import UnfinishedStore
from console.chain import Look
from console.followups.lists import left_over
from console.postgres import ConsoleStore
from console.sheet.card import card_of
from contracts import AlertChangeKind, Severity
from runtime.settings import Kafka, Postgres
from tests.console.building import CARER, EN, HOUR, KO, NOON, a_finding, a_home, an_alert
from tests.console.running import NAME, Centre, centre, events, signed_in, token_of, with_street


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


async def ended(house: Centre, home: str, outcome: OutcomeCode, *, test: bool = False) -> Alert:
    alert = await house.found(a_finding(home, test=test))
    event = Resolve(
        alert_id=alert.alert_id,
        operator=NAME,
        version=alert.version,
        outcome=outcome,
        resolved_by=ResolvedBy.OPERATOR,
    )
    await house.apply(event)
    return alert


async def row_in(client: httpx.AsyncClient, alert: Alert, table: str) -> bool:
    page = (await client.get("/follow-ups")).text
    due, files = page.split('id="n-files"', 1)
    return f'data-alert="{alert.alert_id}"' in (due if table == "due" else files)


@pytest.mark.door
async def test_what_remains_stays_on_the_list_until_it_is_done_and_the_file_is_read(house: Centre) -> None:
    fallen = await ended(house, "h-0001", OutcomeCode.FALL_INJURED)
    pressed = await ended(house, "h-0002", OutcomeCode.ACCIDENTAL_PRESS)
    tested = await ended(house, "h-0003", OutcomeCode.USER_TEST, test=True)
    assert await UnfinishedStore(house.pool).count_due() == 1
    async with signed_in(house.url) as client:
        assert await row_in(client, fallen, "due") and not await row_in(client, fallen, "files")
        assert await row_in(client, pressed, "files") and not await row_in(client, pressed, "due")
        assert not await row_in(client, tested, "due") and not await row_in(client, tested, "files")
        heard = await events(client, "", lambda got: any(data.get("to_follow_up") == 1 for _, _, data in got))
        assert heard
        form = {"csrf": await token_of(client)}
        path, script = f"/alerts/{fallen.alert_id}", {"X-Script": "1"}
        done = await client.post(f"{path}/follow-up", data={**form, "text": "딸과 통화"}, headers=script)
        assert done.status_code == 204
        assert not await row_in(client, fallen, "due") and await row_in(client, fallen, "files")
        assert (await client.post(f"{path}/close", data=form, headers=script)).status_code == 204
        assert not await row_in(client, fallen, "files")
    looks = {line.what for line in await ConsoleStore(house.pool).access_lines()}
    assert Look.FOLLOW_UPS_LISTED in looks


@pytest.mark.door
async def test_the_sheet_for_119_is_read_out_logged_and_what_came_of_the_call_is_written_down(house: Centre) -> None:
    alert = await house.found(a_finding("h-0004"))
    path = f"/alerts/{alert.alert_id}"
    async with signed_in(house.url) as client:
        page = await client.get(f"{path}/sheet")
        assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
        for fact in ("은하빌라", "이순자", "인슐린", "2580", "이정민"):
            assert fact in page.text, fact
        assert "이순자" not in page.text.split("</title>")[0]
        called = {"csrf": await token_of(client), "whom": "119", "result": "spoke"}
        assert (await client.post(f"{path}/call", data=called)).headers["location"] == path
        assert (await client.get("/alerts/none/sheet")).status_code == 404
    log = await house.store.timeline(alert.alert_id)
    assert [line.text for line in log if line.change is AlertChangeKind.PHONED] == ["119 spoke"]
    looks = [(line.account, line.subject, line.what) for line in await ConsoleStore(house.pool).access_lines()]
    assert (NAME, "h-0004", Look.SHEET_OPENED) in looks


def test_the_sheet_begins_with_where_and_leaves_out_what_nobody_knows() -> None:
    visits = (Visit(responder_id=CARER.responder_id, stage=VisitStage.ENTERED, accepted_at=NOON, expected_at=NOON),)
    alert = replace(an_alert(), visits=visits, restored_at=NOON)
    card = card_of(sheet_of(alert, a_home(), NOON), KO, NOON + HOUR)
    assert card.where.endswith("은하빌라 201호") and "매화동" in card.where
    told = dict(card.lines)
    assert told["무슨 일"].startswith("도움 요청 버튼 누름") and told["언제부터"] == "12:00:00 (1시간)"
    assert (told["우리 쪽 출동"], told["누구"]) == ("집 안 1명", "이순자 (82세, 여)")
    assert told["열쇠 가진 사람"] == "이정민 가족 010-0000-2222"
    home = a_home(address="매화동 12-3")
    bare = replace(home, responders=(), resident=replace(home.resident, hazards="", health="", hearing="", animals=""))
    english = card_of(sheet_of(an_alert(a_finding(room="bedroom")), bare, NOON), EN, NOON)
    assert [label for label, _ in english.lines] == ["What", "Since", "Who", "Way in", "Telephone"]
    assert english.where.count("매화동") == 1


def test_a_list_says_how_it_ended_and_what_is_late() -> None:
    outcome = Outcome(code=OutcomeCode.FALL_INJURED, resolved_by=ResolvedBy.FAMILY)
    alert = replace(an_alert(), outcome=outcome, resolved_at=NOON, follow_up_at=NOON + HOUR)
    (line,) = left_over([alert], {alert.home_id: a_home()}, KO, NOON + HOUR + timedelta(seconds=1))
    assert (line.name, line.outcome, line.resolved, line.by) == ("이순자", "E2 낙상 · 다침", "12:00:00", "13:00:00")
    assert line.late and line.severity is Severity.EMERGENCY
    (bare,) = left_over([an_alert()], {}, EN, NOON)
    assert (bare.name, bare.outcome, bare.resolved, bare.by, bare.late) == ("h-0001", "", "", "", False)
