"""How alerts lie in tables: what is written is what is read, whatever the session's time zone."""

from dataclasses import asdict, replace
from datetime import timedelta, timezone

import msgspec

from alerts import rows
from alerts.events import Answered
from alerts.heard import Heard, newest
from alerts.machine import advance
from alerts.model import Alert, LogLine, Notification
from alerts.outcomes import Outcome, OutcomeCode, ResolvedBy
from tests.alerts.building import CONTEXT, DAUGHTER, NOON, a_finding, an_alert, opened

SEOUL = timezone(timedelta(hours=9))


def test_an_alert_is_read_as_it_was_written() -> None:
    outcome = Outcome(code=OutcomeCode.FIRE, resolved_by=ResolvedBy.FIRE_SERVICE)
    yes = Answered(alert_id=an_alert().alert_id, responder_id=DAUGHTER.responder_id, accepted=True)
    gone = advance(an_alert(), yes, NOON, CONTEXT).alert
    for alert in (an_alert(), replace(an_alert(), outcome=outcome), gone or an_alert()):
        row = rows.alert_row(alert)
        texts = {name: row[name] for name in ("policy", "evidence", "outcome", "visits", "timers")}
        whole = {name: msgspec.json.decode(text) if isinstance(text, str) else None for name, text in texts.items()}
        assert rows.read(row | whole, Alert) == alert


def test_a_row_is_read_in_utc_whatever_the_session_speaks() -> None:
    heard = newest(None, a_finding())
    row = rows.heard_row(heard) | {"told_at": NOON.astimezone(SEOUL)}
    read = rows.read(row, Heard)
    assert read == heard and read.told_at.utcoffset() == timedelta(0)


def test_calls_lines_and_changes_lie_in_order() -> None:
    done = opened()
    lines = msgspec.json.decode(rows.line_rows(done.lines), type=list[LogLine])
    assert tuple(lines) == done.lines
    calls = msgspec.json.decode(rows.notification_rows(done.notifications), type=list[Notification])
    assert [asdict(call) for call in calls] == [asdict(call) for call in done.notifications]
    changes = msgspec.json.decode(rows.change_rows(done.changes), type=list[dict[str, object]])
    assert [change["alert_id"] for change in changes] == [done.alert and done.alert.alert_id] * len(done.lines)
