"""Many events in one transaction leave behind what they would have left one after the other."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.events import Acknowledge, Delivered, Event, Found
from alerts.many.deciding import MOST, Known, Step, calls_of, decide, parts
from alerts.model import Alert
from alerts.outbox.postgres import Outbox
from alerts.postgres import AlertStore
from alerts.reasons import Reason
from contracts import AlertId, Finding, Hazard, HomeId, Phase, Severity
from homes.postgres import HomeStore
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.alerts.building import CONTEXT, MINUTE, NOON, a_finding, a_home
from tests.alerts.dict_store import DictStore
from tests.alerts.running import with_home

HOMES = [HomeId(f"h-{number:04}") for number in range(5)]


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    kind, hazard = draw(
        st.sampled_from([("help_button", Hazard.HELP), ("smoke", Hazard.FIRE), ("link", Hazard.SENSOR)])
    )
    worst = Severity.DEVICE if hazard is Hazard.SENSOR else Severity.EMERGENCY
    began = draw(st.integers(0, 3))
    return a_finding(
        kind,
        hazard,
        draw(st.sampled_from([worst, Severity.NOTICE])),
        draw(st.sampled_from(Phase)),
        home=draw(st.sampled_from(HOMES)),
        since=NOON + began * MINUTE,
        told_at=NOON + draw(st.integers(began, 9)) * MINUTE,
        test=draw(st.booleans()),
    )


@given(st.lists(findings(), max_size=25))
@pytest.mark.laws
@settings(max_examples=500, deadline=None)
def test_together_is_as_one_after_the_other(told: list[Finding]) -> None:
    store = DictStore(context=CONTEXT)
    single = [store.apply(Found(finding=finding), NOON) for finding in told]
    known = Known(alerts=(), heard=(), contexts=dict.fromkeys(HOMES, CONTEXT), settled=frozenset(), now=NOON)
    steps = decide([Found(finding=finding) for finding in told], known)
    assert [step.done for step in steps] == single


@given(st.lists(findings(), max_size=25))
@pytest.mark.laws
@settings(max_examples=300, deadline=None)
def test_a_call_that_is_taken_back_was_put_before(told: list[Finding]) -> None:
    """The outbox, played by its parts, ends as it ends step by step."""
    known = Known(alerts=(), heard=(), contexts=dict.fromkeys(HOMES, CONTEXT), settled=frozenset(), now=NOON)
    steps = decide([Found(finding=finding) for finding in told], known)
    assert _queued_by_parts(steps) == _queued_by_steps(steps)


def _queued_by_parts(steps: Sequence[Step]) -> set[str]:
    queued: dict[str, AlertId] = {}
    for part in calls_of(steps):
        queued = {key: alert for key, alert in queued.items() if alert not in {one.alert_id for one in part.withdrawn}}
        queued |= {call.notification_id: call.alert_id for call in part.put}
    return set(queued)


def _queued_by_steps(steps: Sequence[Step]) -> set[str]:
    queued: dict[str, AlertId] = {}
    for step in steps:
        if step.done.withdraws and step.done.alert:
            queued = {key: alert for key, alert in queued.items() if alert != step.done.alert.alert_id}
        queued |= {call.notification_id: call.alert_id for call in step.done.notifications}
    return set(queued)


def test_what_concerns_other_alerts_goes_alone_and_in_its_order() -> None:
    fall, press = Found(finding=a_finding("fall", Hazard.FALL)), Found(finding=a_finding())
    take = Acknowledge(alert_id=AlertId("a"), operator="kim", version=1)
    assert list(parts([press, fall, press, press, take])) == [[press], fall, [press, press], take]
    assert [len(part) for part in parts([press] * (MOST + 1)) if isinstance(part, list)] == [MOST, 1]


async def _contents(pool: Pool) -> list[Alert]:
    """Everything that is open; moments are of no account here."""
    found = await AlertStore(pool).open_alerts()
    plain = [replace(one, opened_at=NOON, due_at=NOON, restored_at=None, cry_rang_at=None) for one in found]
    return sorted(plain, key=lambda one: one.alert_id)


def _a_flow() -> list[Event]:
    told = [a_finding(home=home, since=NOON + number * MINUTE) for number in range(3) for home in HOMES]
    told += [replaced(finding, Phase.HOLDS, minutes=7) for finding in told[:4]]
    told += [a_finding("leak", Hazard.WATER, Severity.NOTICE, home=HOMES[0])]
    told += [replaced(told[-1], Phase.ENDED, minutes=8), a_finding("fall", Hazard.FALL, home=HOMES[1])]
    told += [a_finding("leak", Hazard.WATER, Severity.EMERGENCY, home=HOMES[0], since=NOON + 9 * MINUTE)]
    return [Found(finding=finding) for finding in told]


def replaced(finding: Finding, phase: Phase, *, minutes: int) -> Finding:
    return a_finding(
        finding.kind,
        finding.hazard,
        finding.severity,
        phase,
        home=finding.home_id,
        since=finding.since,
        told_at=finding.since + timedelta(minutes=minutes),
    )


@pytest.mark.door
async def test_the_database_holds_the_same_whichever_way(postgres: Postgres, any_postgres: Postgres) -> None:
    for database in (postgres, any_postgres):
        await with_home(database, *(a_home(home) for home in HOMES))
    async with pooled(postgres) as alone, pooled(any_postgres) as together:
        flow = _a_flow()
        single = [(await AlertStore(alone).apply(event)).reason for event in flow]
        at_once = [done.reason for done in await AlertStore(together).apply_all(flow)]
        assert at_once == single
        assert await _contents(together) == await _contents(alone)
        assert await _log(together) == await _log(alone)
        assert await _states(together) == await _states(alone)


async def _log(pool: Pool) -> list[object]:
    store = AlertStore(pool)
    cases = sorted(await store.open_alerts(), key=lambda alert: alert.alert_id)
    return [replace(line, at=NOON) for alert in cases for line in await store.timeline(alert.alert_id)]


async def _states(pool: Pool) -> Counter[object]:
    async with pool.connection() as connection:
        rows = await (
            await connection.execute("select alert_id, responder_id, step, state from notification")
        ).fetchall()
    return Counter(rows)


@pytest.mark.door
async def test_two_workers_with_the_same_findings_open_each_case_once(any_postgres: Postgres) -> None:
    homes = [HomeId(f"h-{number:04}") for number in range(60)]
    await with_home(any_postgres, *(a_home(home) for home in homes))
    told: list[Event] = [Found(finding=a_finding(home=home)) for home in homes]
    async with pooled(any_postgres) as one, pooled(any_postgres) as other:
        ways = [AlertStore(one).apply_all(told), AlertStore(other).apply_all(told[::-1])]
        done = [each.reason for way in await asyncio.gather(*ways) for each in way]
        assert Counter(done) == {Reason.OPENED: 60, Reason.TOLD_BEFORE: 60}
        assert len(await AlertStore(one).open_alerts()) == 60


@pytest.mark.door
async def test_deliveries_are_written_together_and_each_once(any_postgres: Postgres) -> None:
    await with_home(any_postgres, *(a_home(home) for home in HOMES))
    async with pooled(any_postgres) as pool:
        store = AlertStore(pool)
        await store.apply_all([Found(finding=a_finding(home=home)) for home in HOMES])
        claimed = await Outbox(pool).claim(10)
        said: list[Event] = [
            Delivered(alert_id=one.notification.alert_id, notification=one.notification, attempt=one.attempt)
            for one in claimed
        ]
        reasons = [done.reason for done in await store.apply_all([*said, said[0]])]
        assert reasons == [Reason.DELIVERED] * len(HOMES) + [Reason.SETTLED_BEFORE]
        assert {done.reason for done in await store.apply_all(said)} == {Reason.SETTLED_BEFORE}
        home = await HomeStore(pool).load(HOMES[0])
        assert home and len(await store.of_home(home.home_id)) == 1
