"""The end of a shift as values: when it is, what is passed on, and what may be signed."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from alerts.events import Acknowledge, PassOn, Watch
from alerts.machine import advance
from alerts.model import Alert
from alerts.reasons import Reason
from alerts.shifts.hours import BadShifts, last_change, next_change, read_shifts, unsigned_since
from alerts.shifts.model import Draft, Handover, Item
from alerts.shifts.signing import Refused, lacking, needs_sentence, refusal
from alerts.transition import Context
from contracts import AlertChangeKind, AlertId, AlertState, Severity
from tests.console.building import NOON, a_finding, an_alert

SHIFTS = read_shifts("22:00, 06:00,14:00")
CONTEXT = Context(lease_seconds=600)


def held_by(name: str, severity: Severity = Severity.EMERGENCY) -> Alert:
    alert = an_alert(a_finding(severity=severity))
    done = advance(alert, Acknowledge(alert_id=alert.alert_id, operator=name, version=alert.version), NOON, CONTEXT)
    assert done.alert is not None and done.alert.owner == name
    return done.alert


def a_handover(*alerts: Alert, sentence: str = "딸이 가는 중") -> Handover:
    items = tuple(
        Item(
            alert_id=alert.alert_id,
            p="1",
            severity=alert.severity,
            name="",
            what="",
            state="",
            owner="",
            needs=needs_sentence(alert, "kim"),
            moves=True,
        )
        for alert in alerts
    )
    return Handover(
        handover_id="1",
        outgoing="kim",
        since=NOON,
        prepared_at=NOON,
        sentences={alert.alert_id: sentence for alert in alerts},
        note="",
        draft=Draft(items=items),
    )


def test_a_shift_begins_and_ends_by_the_clock_of_the_centre() -> None:
    assert (time(6), time(14), time(22)) == SHIFTS
    midnight = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)  # half past midnight in Seoul
    assert last_change(SHIFTS, midnight) == datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert next_change(SHIFTS, midnight) == datetime(2026, 11, 22, 21, tzinfo=UTC)
    assert last_change((), midnight) is None and next_change((), midnight) is None
    with pytest.raises(BadShifts, match="25:00"):
        read_shifts("06:00,25:00")


def test_an_end_of_a_shift_that_nobody_signed_is_found_and_one_that_was_signed_early_is_not() -> None:
    now = datetime(2026, 11, 22, 5, 20, tzinfo=UTC)  # 14:20 in Seoul
    ended = datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert unsigned_since(SHIFTS, None, now) == ended
    assert unsigned_since(SHIFTS, ended - timedelta(hours=7), now) == ended
    assert unsigned_since(SHIFTS, ended - timedelta(minutes=30), now) is None
    assert unsigned_since((), None, now) is None


def test_a_case_goes_into_the_hands_of_the_next_and_their_time_begins() -> None:
    alert, later = held_by("kim"), NOON + timedelta(minutes=5)
    done = advance(alert, PassOn(alert_id=alert.alert_id, operator="kim", to="park"), later, CONTEXT)
    assert done.reason is Reason.PASSED_ON and done.alert is not None and not done.withdraws
    assert (done.alert.owner, done.alert.due_at) == ("park", later + timedelta(seconds=600))
    (line,) = done.lines
    assert (line.change, line.by, line.text) == (AlertChangeKind.ACKNOWLEDGED, "park", "kim")
    twice = advance(done.alert, PassOn(alert_id=alert.alert_id, operator="kim", to="park"), later, CONTEXT)
    assert twice.reason is Reason.NOT_THEIRS and twice.alert == done.alert and not twice.lines


def test_what_is_watched_is_watched_on_by_the_next_until_the_same_time() -> None:
    alert, until = held_by("kim", Severity.URGENT), NOON + timedelta(minutes=30)
    watch = Watch(alert_id=alert.alert_id, operator="kim", until=until, why="재통화", version=alert.version)
    watched = advance(alert, watch, NOON, CONTEXT).alert
    assert watched is not None
    done = advance(watched, PassOn(alert_id=alert.alert_id, operator="kim", to="park"), NOON, CONTEXT).alert
    assert done is not None and (done.state, done.owner, done.due_at) == (AlertState.WATCHING, "park", until)


def test_nobody_gives_away_a_case_whose_last_ring_they_have_not_seen() -> None:
    alert = held_by("kim")
    press = PassOn(alert_id=alert.alert_id, operator="kim", to="park", version=alert.rang_version - 1)
    assert advance(alert, press, NOON, CONTEXT).reason is Reason.RANG_SINCE_SEEN


@pytest.mark.parametrize("to", ["", " ", "kim"])
def test_nobody_passes_on_to_nobody_or_to_themselves(to: str) -> None:
    alert = held_by("kim")
    done = advance(alert, PassOn(alert_id=alert.alert_id, operator="kim", to=to), NOON, CONTEXT)
    assert done.reason is Reason.NOBODY_NAMED and not done.lines


def test_a_sentence_is_wanted_for_what_matters_and_is_theirs_or_nobodys() -> None:
    mine, free, mild = held_by("kim"), an_alert(), held_by("kim", Severity.CAUTION)
    assert needs_sentence(mine, "kim") and needs_sentence(free, "kim")
    assert not needs_sentence(mine, "park") and not needs_sentence(mild, "kim")
    assert not needs_sentence(replace(free, test=True), "kim")
    assert lacking([mine, mild], "kim", {}) == (mine.alert_id,)
    assert lacking([mine, mild], "kim", {mine.alert_id: " "}) == (mine.alert_id,)
    assert not lacking([mine, mild], "kim", {mine.alert_id: "x"})


def test_a_handover_is_signed_only_when_each_alert_that_matters_was_read_and_confirmed() -> None:
    alert = held_by("kim")
    ready, key = a_handover(alert), alert.alert_id
    assert refusal(ready, [alert], {key}, {key}, "park") is None
    assert refusal(ready, [alert], {key}, set(), "park") is Refused.NOT_CONFIRMED
    assert refusal(ready, [], {key}, set(), "park") is Refused.NOT_CONFIRMED, "it was read, and is open"
    assert refusal(ready, [], set(), set(), "park") is None, "it was resolved meanwhile"
    assert refusal(ready, [alert], {key}, {key}, "kim") is Refused.SAME_PERSON
    newer = replace(alert, alert_id=AlertId("newer"))
    assert refusal(ready, [alert, newer], {key}, {key, "newer"}, "park") is Refused.CHANGED_SINCE_READ
    signed = replace(ready, signed_at=NOON)
    assert refusal(signed, [alert], {key}, {key}, "park") is Refused.SIGNED_BEFORE
