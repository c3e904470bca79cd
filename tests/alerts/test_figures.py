"""The accounts: what counts as answered, arrived, false, and that the program counts as plain SQL does."""

import asyncio
import csv
import io
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from alerts.__main__ import app
from alerts.events import Found
from alerts.figures.cases import Case, Kind
from alerts.figures.figures import Figures, figures_of
from alerts.figures.postgres import cases
from alerts.figures.service import ALL, grouped
from alerts.outcomes import OutcomeCode
from alerts.postgres import AlertStore
from contracts import AlertId, Hazard, HomeId, Severity
from homes.model import District
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.alerts.building import NOON, a_finding, a_home
from tests.alerts.running import with_home

SEOUL = ZoneInfo("Asia/Seoul")
LATER = NOON + timedelta(days=2)


def after(seconds: float | None) -> datetime | None:
    return None if seconds is None else NOON + timedelta(seconds=seconds)


def a_case(
    answered: float | None = 10,
    *,
    hazard: Hazard = Hazard.HELP,
    severity: Severity = Severity.EMERGENCY,
    asked: float | None = None,
    sent: float | None = None,
    arrived: float | None = None,
    resolved: float | None = None,
    outcome: OutcomeCode | None = None,
) -> Case:
    return Case(
        alert_id=AlertId("a-1"),
        hazard=hazard,
        severity=severity,
        opened_at=NOON,
        asked_at=after(asked),
        answered_at=after(answered),
        sent_at=after(sent),
        arrived_at=after(arrived),
        resolved_at=after(resolved),
        outcome=outcome,
    )


def counted(*found: Case, now: datetime = LATER) -> Figures:
    return figures_of(found, now)


def hits(figures: Figures, name: str) -> tuple[int, int]:
    one = figures.share(name)
    return one.hit, one.of


def test_sixty_seconds_are_in_time_and_sixty_one_are_not() -> None:
    assert hits(counted(a_case(60), a_case(61)), "answered_in_60") == (1, 2)
    assert hits(counted(a_case(180), a_case(181)), "answered_in_180") == (1, 2)


def test_emergencies_have_a_figure_of_their_own() -> None:
    found = counted(a_case(30), a_case(31), a_case(400, severity=Severity.URGENT))
    assert hits(found, "emergency_answered_in_30") == (1, 2)


def test_a_call_that_may_still_be_answered_in_time_is_not_counted_yet() -> None:
    assert hits(counted(a_case(None), now=NOON + timedelta(seconds=59)), "answered_in_60") == (0, 0)
    assert hits(counted(a_case(None), now=NOON + timedelta(seconds=61)), "answered_in_60") == (0, 1)


def test_a_home_that_was_asked_first_rings_from_then_on() -> None:
    assert hits(counted(a_case(100, asked=45)), "answered_in_60") == (1, 1)
    well = a_case(None, asked=20, resolved=20, outcome=OutcomeCode.UNUSUAL_BUT_NORMAL)
    assert hits(counted(well), "answered_in_60") == (0, 0) and not counted(well).late


def test_inactivity_and_technical_matters_are_counted_apart() -> None:
    found = counted(
        a_case(999, hazard=Hazard.STILLNESS),
        a_case(999, hazard=Hazard.GATEWAY, severity=Severity.DEVICE),
        a_case(999, severity=Severity.NOTICE),
        a_case(9),
    )
    assert (found.calls, found.inactivity, found.technical) == (1, 1, 2)
    assert hits(found, "answered_in_180") == (1, 1) and hits(found, "inactivity_answered_in_180") == (0, 1)
    assert not found.late


def test_each_call_of_more_than_three_minutes_is_listed_answered_or_not() -> None:
    found = counted(a_case(180), a_case(181), a_case(None))
    assert [late.waited_seconds for late in found.late] == [181, None]


def test_who_was_called_off_on_the_way_was_not_late() -> None:
    in_time, late = a_case(sent=60, arrived=60 + 2700), a_case(sent=60, arrived=60 + 2701)
    called_off, never_came = a_case(sent=60, resolved=600), a_case(sent=60)
    assert hits(counted(in_time, late, called_off, never_came), "arrived_in_45") == (1, 3)


def test_tests_are_no_part_of_what_turned_out_false() -> None:
    codes = (OutcomeCode.MEDICAL, OutcomeCode.HELP_NEEDED, OutcomeCode.COOKING_SMOKE, OutcomeCode.LINK)
    rest = (OutcomeCode.NO_CONTACT, OutcomeCode.USER_TEST, None)
    found = counted(*(a_case(outcome=code) for code in (*codes, *rest)))
    assert hits(found, "false_share") == (2, 5) and hits(found, "positive_predictive_value") == (2, 5)


def test_a_target_that_is_missed_is_marked_and_nothing_to_count_misses_none() -> None:
    assert counted(a_case(61)).share("answered_in_60").short
    assert not counted().share("answered_in_60").short and counted().share("answered_in_60").share is None
    assert not counted(a_case(outcome=OutcomeCode.LINK)).share("false_share").short


@given(st.lists(st.one_of(st.none(), st.floats(0, 400)), max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_the_cases_changes_no_figure(answers: list[float | None], dice: random.Random) -> None:
    found = [a_case(one) for one in answers]
    shuffled = dice.sample(found, len(found))
    assert counted(*found).shares == counted(*shuffled).shares
    assert counted(*found).spreads == counted(*shuffled).spreads


def in_district(number: int) -> District:
    return District(district_id=f"d-{number % 3}", city="서울특별시", gu="새빛구", dong=f"{number % 3}동")


async def a_month(pool: Pool, postgres: Postgres, dice: random.Random) -> None:
    """Let 120 alerts have been answered, or not, in every way, over two months."""
    homes = [HomeId(f"h-{number:04}") for number in range(120)]
    named = [a_home(home) for home in homes]
    await with_home(postgres, *(type(one)(**{**vars(one), "district": in_district(n)}) for n, one in enumerate(named)))
    store = AlertStore(pool)
    for home in homes:
        hazard, severity = dice.choice(
            [(Hazard.HELP, Severity.EMERGENCY), (Hazard.STILLNESS, Severity.URGENT), (Hazard.SENSOR, Severity.DEVICE)]
        )
        done = await store.apply(Found(finding=a_finding(hazard=hazard, severity=severity, home=home)))
        assert done.alert
        await lived(pool, done.alert.alert_id, dice)


async def lived(pool: Pool, alert: AlertId, dice: random.Random) -> None:
    opened = NOON - timedelta(minutes=dice.randrange(60 * 24 * 50))
    answered = opened + timedelta(seconds=dice.choice([5, 30, 60, 61, 90, 179, 181, 400]))
    sent = answered + timedelta(seconds=dice.randrange(300))
    arrived = sent + timedelta(minutes=dice.choice([5, 20, 44, 46, 70]))
    steps = (("acknowledged", answered), ("dispatched", sent), ("arrived", arrived), ("entered", arrived))
    code = dice.choice(list(OutcomeCode))
    async with pool.connection() as connection:
        await connection.execute(
            "update alert set opened_at = %s, state = 'resolved', due_at = null, resolved_at = %s,"
            """ outcome = jsonb_build_object('code', %s::text, 'resolved_by', 'operator') where alert_id = %s""",
            [opened, arrived + timedelta(hours=1), code, alert],
        )
        for place, (change, at) in enumerate(steps[: dice.randrange(5)]):
            await connection.execute(
                "insert into alert_log (alert_id, version, at, change, reason, by, text, step)"
                " values (%s, %s, %s, %s, 'x', 'jiwon', '', 0)",
                [alert, 1000 + place, at, change],
            )


#: Written for this test by another way than the program's.
PLAIN = """
    with answered as (
        select a.*, (select at from alert_log l where l.alert_id = a.alert_id and change = 'acknowledged') as answer,
            (select at from alert_log l where l.alert_id = a.alert_id and change = 'dispatched') as sent,
            (select at from alert_log l where l.alert_id = a.alert_id and change = 'arrived') as arrived,
            outcome ->> 'code' as code, h.district_id,
            to_char(opened_at at time zone 'Asia/Seoul', 'YYYY-MM') as month
        from alert a join home h using (home_id)
    )
    select month, district_id, count(*),
        count(*) filter (where hazard = 'help' and answer - opened_at <= interval '60 seconds'),
        count(*) filter (where hazard = 'help' and answer is not null),
        count(*) filter (where hazard = 'help' and answer - opened_at > interval '180 seconds'),
        count(*) filter (where arrived - sent <= interval '45 minutes'),
        count(*) filter (where code ~ '^[NT]'), count(*) filter (where code ~ '^[EC]'),
        count(*) filter (where code !~ '^X')
    from answered group by grouping sets ((), (month), (month, district_id))
"""


def as_plain(figures: Figures) -> tuple[int, ...]:
    in_60, false = figures.share("answered_in_60"), figures.share("false_share")
    true, arrived = figures.share("positive_predictive_value"), figures.share("arrived_in_45")
    return (figures.cases, in_60.hit, in_60.of, len(figures.late), arrived.hit, false.hit, true.hit, false.of)


@pytest.mark.door
async def test_the_figures_of_a_month_are_those_of_plain_sql(any_postgres: Postgres) -> None:
    async with pooled(any_postgres) as pool:
        await a_month(pool, any_postgres, random.Random(20261122))
        found = await cases(pool, NOON - timedelta(days=60), LATER)
        async with pool.connection() as connection:
            lines: Sequence[tuple[object, ...]] = await (await connection.execute(PLAIN)).fetchall()
        groups = grouped(found, LATER)
        assert {(f"{line[0] or ALL}", f"{line[1] or ALL}"): line[2:] for line in lines} == {
            key: as_plain(figures) for key, figures in groups.items()
        }
        assert len(groups) > 6 and groups[ALL, ALL].late and {case.kind for case in found} == set(Kind)
        only = await cases(pool, NOON - timedelta(days=60), LATER, ["d-1"])
        assert 0 < len(only) < len(found) and {case.district_id for case in only} == {"d-1"}


@pytest.mark.door
def test_the_command_prints_tables_with_targets_lines_and_json(postgres: Postgres) -> None:
    async def fill() -> None:
        async with pooled(postgres) as pool:
            await a_month(pool, postgres, random.Random(7))

    asyncio.run(fill())

    def run(*words: str) -> str:
        days = ("--from", "2026-09-01", "--to", "2026-12-01")
        environ = {"DOLBOM_POSTGRES_DSN": postgres.dsn.reveal(), "COLUMNS": "200"}
        return CliRunner().invoke(app, ["figures", *days, *words], env=environ, catch_exceptions=False).stdout

    assert "97.5%" in run() and "98.5%" in run() and "▼" in run()
    told = msgspec.json.decode(run("--json"), type=list[dict[str, object]])
    assert (told[0]["month"], told[0]["district"]) == (ALL, ALL)
    lines = list(csv.DictReader(io.StringIO(run("--csv"))))
    assert {"answered_in_60", "false_share"} <= {line["figure"] for line in lines} and lines[0]["target"] == "0.8"
    assert "h-00" not in run() + run("--csv"), "no home in an account"
