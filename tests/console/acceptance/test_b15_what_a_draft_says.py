"""The draft of a handover as values: the worst first, and everything that was promised, held or broken."""

from dataclasses import replace
from datetime import timedelta

from alerts.model import DueFor
from alerts.shifts.model import Facts, FailedCall
from console.shift.draft import Open, draft_of
from contracts import AlertId, AlertState, Hold, HoldKind, Severity
from tests.console.building import CARER, EN, HOUR, KO, NOON, a_finding, a_home, an_alert


def test_a_draft_tells_everything_that_the_next_must_know() -> None:
    hold = Hold(kind=HoldKind.AWAY, from_at=NOON - HOUR, until_at=NOON + HOUR)
    longer = Hold(kind=HoldKind.HOSPITAL, from_at=NOON - 9 * HOUR, until_at=NOON + HOUR)
    home = replace(a_home(), holds=(hold, longer))
    mine = replace(an_alert(), owner="김지현", state=AlertState.ACKNOWLEDGED)
    watched = replace(
        an_alert(a_finding(severity=Severity.CAUTION)),
        alert_id=AlertId("watched"),
        state=AlertState.WATCHING,
        due_at=NOON + HOUR,
        due_for=DueFor.WATCH,
    )
    away = replace(mine, alert_id=AlertId("away"), state=AlertState.HANDED_OVER, owner=None, centre="센터 2")
    device = replace(an_alert(a_finding(severity=Severity.DEVICE)), alert_id=AlertId("device"))
    failed = FailedCall(
        alert_id=mine.alert_id, home_id="h-0001", responder_id=CARER.responder_id, channel="sms", settled_at=NOON
    )
    found = Open(
        alerts=[watched, device, away, mine],
        losses=[device],
        due=[replace(mine, follow_up_at=NOON + timedelta(minutes=30))],
        facts=Facts(failed=(failed,), flood_minutes=4),
        homes={home.home_id: home},
    )
    draft = draft_of(found, "김지현", NOON - 8 * HOUR, KO, NOON)
    assert [(item.p, item.needs, item.moves) for item in draft.items][-1] == ("3", False, False)
    assert {item.alert_id for item in draft.items if item.needs} == {mine.alert_id}
    said = {part.key: part.lines for part in draft.parts}
    assert [line.split(" · ")[0] for line in said["promises"]] == [
        "13:00:00까지 지켜봄",
        "12:30:00까지 후속 조치",
        "센터 2 센터가 맡음",
    ]
    assert sorted(line.endswith("(이 근무에 시작)") for line in said["holds"]) == [False, True]
    assert len(said["unprotected"]) == len(said["devices"]) == 1
    assert said["failed"] == ("12:00:00 오세라 · 문자",) and draft.flood_minutes == 4
    english = draft_of(found, "김지현", NOON, EN, NOON)
    assert english.parts[0].lines[0].startswith("watched until 13:00:00")
