"""The sample that is read again: nobody picks it, everybody sees the same, and what was said of it only grows."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.figures.cases import Case
from alerts.outcomes import OutcomeCode
from console.reports.quality.pages import lines_of
from console.reports.quality.sample import EACH, Mark, Point, Why, sample_of
from console.roles import Role
from contracts import AlertId, Hazard, Severity
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.building import KO
from tests.console.reports.making import OCTOBER, csrf_of
from tests.console.reports.seeding import BEGINS, KINDS, PEOPLE, Seeded, with_dongs, write
from tests.console.running import NAME, Centre, centre, signed_in, with_street

MARKS = {point.value: Mark.YES.value for point in Point}


def a_case(number: int, *, by: str = PEOPLE[0], code: OutcomeCode | None = OutcomeCode.MEDICAL) -> Case:
    return Case(
        alert_id=AlertId(f"a-{number}"),
        hazard=Hazard.HELP,
        severity=Severity.EMERGENCY,
        opened_at=BEGINS + timedelta(minutes=number),
        answered_at=BEGINS + timedelta(minutes=number + 1),
        answered_by=by,
        resolved_at=BEGINS + timedelta(minutes=number + 9),
        outcome=code,
    )


cases = st.lists(
    st.builds(
        a_case, st.integers(0, 10_000), by=st.sampled_from([*PEOPLE, "carer"]), code=st.sampled_from(OutcomeCode)
    ),
    max_size=40,
    unique_by=lambda case: case.alert_id,
)


@given(cases, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_sample_is_the_same_for_everybody_and_has_two_of_each(found: list[Case], dice: random.Random) -> None:
    drawn = sample_of(found, OCTOBER, PEOPLE, over=True)
    again = sample_of(dice.sample(found, len(found)), OCTOBER, PEOPLE, over=True)
    assert {one.case.alert_id for one in drawn} == {one.case.alert_id for one in again}
    assert len({one.case.alert_id for one in drawn}) == len(drawn)
    by = [one.case.answered_by for one in drawn if one.why is Why.OPERATOR]
    assert all(by.count(name) <= EACH for name in PEOPLE) and "carer" not in by
    false = {case.alert_id for case in found if case.is_false or case.outcome is OutcomeCode.NO_CONTACT}
    assert false == {one.case.alert_id for one in drawn if one.why is not Why.OPERATOR}


def test_another_month_draws_other_cases_and_a_running_month_draws_none() -> None:
    found = [a_case(number) for number in range(40)]
    drawn = [
        {one.case.alert_id for one in sample_of(found, month, PEOPLE, over=True)}
        for month in (OCTOBER, OCTOBER.replace(month=9))
    ]
    assert drawn[0] != drawn[1] and [len(one) for one in drawn] == [2, 2]
    assert not sample_of(found, OCTOBER, PEOPLE, over=False)


def test_a_second_look_is_asked_for_within_a_day() -> None:
    case = replace(a_case(1), outcome=OutcomeCode.NO_CONTACT)
    (drawn,) = sample_of([case], OCTOBER, PEOPLE, over=False)
    assert drawn.why is Why.NO_CONTACT and drawn.second_by and case.resolved_at
    at = drawn.second_by
    assert at - case.resolved_at == timedelta(hours=24)
    assert [lines_of([drawn], {}, KO, now)[0].overdue for now in (at, at + timedelta(seconds=1))] == [False, True]


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka) as running:
        homes = await with_dongs(running.pool, 2)
        answered = [("acknowledged", 9.0, PEOPLE[1])]
        now = clock.now() - timedelta(hours=2)
        found = [
            Seeded("false-one", homes[0], KINDS[0], now, answered, "N1"),
            Seeded("mine", homes[0], KINDS[0], now, [("acknowledged", 9.0, NAME)], "T1"),
            Seeded("elsewhere", homes[7], KINDS[0], now, answered, "U1"),
            Seeded("usual", homes[0], KINDS[0], now, answered, "E1"),
        ]
        await write(running.pool, found)
        yield running


@pytest.mark.door
async def test_a_case_is_read_twice_and_nothing_said_is_lost(house: Centre) -> None:
    path = "/sup/quality/false-one"
    async with signed_in(house.url) as client:
        csrf = {"csrf": await csrf_of(client)}
        assert (await client.post(f"{path}/first", data=csrf | MARKS | {"tone": "loud"})).status_code == 422
        assert (await client.post(f"{path}/second", data=csrf | MARKS)).status_code == 422
        assert (await client.post(f"{path}/first", data=MARKS)).status_code == 403
        for look, remark in (("first", "인사가 빨랐음"), ("second", "코드가 맞음")):
            assert 'name="greeted"' in (await client.get(path)).text
            done = await client.post(f"{path}/{look}", data=csrf | MARKS | {"remark": remark})
            assert done.status_code == 303
        page = (await client.get(path)).text
        assert "인사가 빨랐음" in page and "코드가 맞음" in page and 'name="greeted"' not in page
        assert (await client.get("/sup/quality/usual")).status_code == 404
        assert (await client.post("/sup/quality/usual/first", data=csrf | MARKS)).status_code == 404
    async with house.pool.connection() as connection:
        for change in ("update quality_review set remark = ''", "delete from quality_review"):
            with pytest.raises(psycopg.Error, match="append-only"):
                await connection.execute(change)


@pytest.mark.door
async def test_nobody_reads_what_they_answered_themselves(house: Centre) -> None:
    async with signed_in(house.url) as client:
        form = MARKS | {"csrf": await csrf_of(client)}
        assert (await client.post("/sup/quality/mine/first", data=form)).status_code == 409
        assert 'name="greeted"' not in (await client.get("/sup/quality/mine")).text


@pytest.mark.door
async def test_a_senior_gives_the_second_look_and_only_that_in_their_districts(house: Centre) -> None:
    async with house.pool.connection() as connection:
        await connection.execute("update console_account set roles = %s, districts = '{d-000}'", [[Role.SENIOR]])
    async with signed_in(house.url) as client:
        form = MARKS | {"csrf": await csrf_of(client), "remark": "맞음"}
        assert (await client.post("/sup/quality/false-one/first", data=form)).status_code == 403
        assert (await client.post("/sup/quality/false-one/second", data=form)).status_code == 303
        assert (await client.get("/sup/quality/elsewhere")).status_code == 404
        month = f"{clock.now() - timedelta(hours=2) + timedelta(hours=9):%Y-%m}"
        page = (await client.get(f"/sup/quality?month={month}")).text
    assert "false-one" in page and "elsewhere" not in page
