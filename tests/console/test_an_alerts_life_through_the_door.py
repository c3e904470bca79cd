"""An alert's whole life on the board, through the door: every act of an operator, and who won when two press."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from alerts.events import HandOver, TakeBack, Watch
from alerts.model import Alert, VisitStage
from contracts import AlertChangeKind, AlertStage, AlertState, FollowUp, Hazard, Severity
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.building import CARER, HOUR, a_finding
from tests.console.running import NAME, Centre, centre, signed_in, token_of, with_street

pytestmark = [pytest.mark.door]
SCRIPT = {"X-Script": "1"}
SMOKE = a_finding("h-0004", kind="smoke", hazard=Hazard.FIRE, severity=Severity.URGENT)


@dataclass(kw_only=True)
class Desk:
    """An operator at the board, and what the database says."""

    house: Centre
    client: httpx.AsyncClient
    alert: Alert
    token: str

    async def press(self, action: str, **fields: str) -> httpx.Response:
        form = {"csrf": self.token, "version": str(self.alert.version), **fields}
        return await self.client.post(f"/alerts/{self.alert.alert_id}/{action}", data=form, headers=SCRIPT)

    async def see(self) -> Alert:
        alert = await self.house.store.alert(self.alert.alert_id)
        assert alert is not None
        self.alert = alert
        return alert

    async def pane(self) -> str:
        return (await self.client.get(f"/alerts/{self.alert.alert_id}", headers={"X-Fragment": "1"})).text


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        yield running


@pytest.fixture
async def desk(house: Centre) -> AsyncIterator[Desk]:
    alert = await house.found(SMOKE)
    async with signed_in(house.url) as client:
        yield Desk(house=house, client=client, alert=alert, token=await token_of(client))


async def test_a_call_is_written_down_with_what_came_of_it(desk: Desk) -> None:
    assert (await desk.press("ack")).status_code == 204
    await desk.see()
    assert (await desk.press("call", whom="resident", result="sang")).status_code == 422
    assert (await desk.press("call", whom="resident", result="no_answer")).status_code == 204
    assert (await desk.see()).stage is AlertStage.ON_THE_PHONE
    assert "전화: 대상자 본인 · 무응답" in await desk.pane()
    assert "통화 중" in (await desk.client.get("/")).text


async def test_somebody_is_sent_once_and_the_board_says_who(desk: Desk) -> None:
    assert (await desk.press("dispatch", responder="nobody")).status_code == 422
    assert (await desk.press("dispatch", responder=CARER.responder_id)).status_code == 204
    alert = await desk.see()
    assert [(visit.responder_id, visit.stage) for visit in alert.visits] == [(CARER.responder_id, VisitStage.SENT)]
    assert (alert.owner, alert.stage) == (NAME, AlertStage.DISPATCHED)
    # Pressed twice, they are sent once.
    assert (await desk.press("dispatch", responder=CARER.responder_id)).status_code == 204
    assert (await desk.see()).version == alert.version
    assert "오세라에게 출동 요청함" in await desk.pane()


async def test_a_watch_needs_a_time_and_a_reason_and_is_not_for_an_emergency(desk: Desk) -> None:
    assert (await desk.press("watch", minutes="30")).status_code == 422
    assert (await desk.press("watch", why="딸이 오는 중")).status_code == 422
    far = await desk.press("watch", why="딸이 오는 중", minutes="240")
    assert far.status_code == 422 and "그렇게 오래" in far.text
    assert (await desk.press("watch", why="딸이 오는 중", minutes="30")).status_code == 204
    assert (await desk.see()).state is AlertState.WATCHING
    board = (await desk.client.get("/")).text
    section = board.split('data-section="watching"', 1)[1].split("</tbody>", 1)[0]
    assert desk.alert.alert_id in section and "까지 지켜봄" in section
    cry = await desk.house.found(a_finding("h-0001"))
    form = {"csrf": desk.token, "version": str(cry.version), "why": "바쁨", "minutes": "10"}
    refused = await desk.client.post(f"/alerts/{cry.alert_id}/watch", data=form, headers=SCRIPT)
    assert refused.status_code == 422 and "긴급" in refused.text
    # It is taken back by a press; a second press is too late and learns who has it.
    assert (await desk.press("take-back")).status_code == 204
    assert (await desk.see()).owner == NAME
    late = await desk.press("take-back")
    assert late.status_code == 409 and NAME in late.text


async def test_what_another_centre_has_is_not_closed_here(desk: Desk) -> None:
    assert (await desk.press("hand-over", centre=" ")).status_code == 422
    assert (await desk.press("hand-over", centre="야간 관제센터")).status_code == 204
    assert (await desk.press("hand-over", centre="야간 관제센터")).status_code == 204
    alert = await desk.see()
    assert (alert.state, alert.centre) == (AlertState.HANDED_OVER, "야간 관제센터")
    assert "야간 관제센터" in (await desk.client.get("/")).text
    taken = await desk.press("ack")
    assert taken.status_code == 409 and "야간 관제센터" in taken.text
    assert (await desk.press("take-back")).status_code == 204
    assert (await desk.see()).state is AlertState.ACKNOWLEDGED


async def test_a_colleague_who_was_quicker_is_named_whatever_is_pressed(desk: Desk) -> None:
    until = clock.now() + HOUR / 2
    first = Watch(alert_id=desk.alert.alert_id, operator="박도윤", until=until, why="곧 옴", version=desk.alert.version)
    await desk.house.apply(first)
    for action, fields in (
        ("ack", {}),
        ("dispatch", {"responder": CARER.responder_id}),
        ("watch", {"why": "곧 옴", "minutes": "10"}),
        ("hand-over", {"centre": "야간 관제센터"}),
    ):
        late = await desk.press(action, **fields)
        assert late.status_code == 409 and "박도윤" in late.text, action


async def test_a_stale_button_closes_nothing_unseen(desk: Desk) -> None:
    stale = desk.alert.version
    over = HandOver(alert_id=desk.alert.alert_id, operator=NAME, centre="밤", version=stale)
    await desk.house.apply(over)
    await desk.house.apply(TakeBack(alert_id=desk.alert.alert_id, operator=NAME))
    await desk.house.found(a_finding("h-0004", kind="heat", hazard=Hazard.FIRE, severity=Severity.EMERGENCY))
    for action, fields in (
        ("ack", {}),
        ("dispatch", {"responder": CARER.responder_id}),
        ("watch", {"why": "곧 옴", "minutes": "10"}),
        ("resolve", {"outcome": "E4", "resolved_by": "119"}),
    ):
        late = await desk.press(action, version=str(stale), **fields)
        assert late.status_code == 409 and "다시 울렸습니다" in late.text, action


async def test_after_the_end_comes_the_follow_up_and_then_the_file_is_closed(desk: Desk) -> None:
    await desk.house.found(a_finding("h-0004", kind="heat", hazard=Hazard.FIRE, severity=Severity.EMERGENCY))
    await desk.see()
    unseen = await desk.press("resolve", outcome="U1", resolved_by="operator")
    assert unseen.status_code == 422 and "만나지 못한" in unseen.text
    assert (await desk.press("close")).status_code == 409
    done = {"outcome": "E4", "resolved_by": "119", "minutes": "40", "rule_at_fault": "1"}
    assert (await desk.press("resolve", **done)).status_code == 204
    alert = await desk.see()
    assert alert.outcome is not None and alert.outcome.rule_at_fault and alert.outcome.minutes == 40
    assert alert.follow_up is FollowUp.DUE
    assert 'data-act="follow-up"' in await desk.pane() and 'data-act="resolve"' not in await desk.pane()
    assert (await desk.press("close")).status_code == 409
    assert (await desk.press("follow-up", text="")).status_code == 422
    assert (await desk.press("follow-up", text="딸과 통화, 수리 요청")).status_code == 204
    assert (await desk.press("follow-up", text="딸과 통화, 수리 요청")).status_code == 204
    assert 'data-act="close"' in await desk.pane()
    # Nobody closes a file of which they have not seen the last line.
    assert (await desk.press("close")).status_code == 409
    await desk.see()
    assert (await desk.press("close")).status_code == 204
    assert (await desk.press("close")).status_code == 204
    log = await desk.house.store.timeline(desk.alert.alert_id)
    kinds = [line.change for line in log]
    assert kinds.count(AlertChangeKind.FOLLOWED_UP) == 1 and kinds.count(AlertChangeKind.CLOSED) == 1
    assert (await desk.see()).closed_at is not None
