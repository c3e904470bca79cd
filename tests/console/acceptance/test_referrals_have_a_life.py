"""A referral's life as a law: every step leaves a line, the end is the end, and a stale step changes nothing."""

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.referrals.council import Month, cases_csv, counts_csv, counts_of
from console.referrals.forms import USUAL_DAYS, read_deed, read_month, read_wanted
from console.referrals.machine import Reason, acts_from, advance, asked
from console.referrals.model import Act, Deed, Line, Referral, Result, Service, State
from contracts import HomeId
from tests.console.building import EN, KO, NOON

TODAY = date(2026, 11, 22)
NOVEMBER = Month(first=date(2026, 11, 1))


def a_referral(
    home: str = "h-0001",
    service: Service = Service.MEALS,
    *,
    at: datetime = NOON,
    provider: str = "한빛 도시락",
    district: str = "매화동",
) -> Referral:
    return asked(
        key="form-1",
        home_id=HomeId(home),
        district_id=district,
        alert_id=None,
        service=service,
        provider=provider,
        due_on=TODAY + timedelta(days=3),
        by="김지현",
        text="",
        at=at,
    ).referral


def deed(act: Act, referral: Referral, **more: object) -> Deed:
    said = {"text": "말함", "outcome": Result.EASED, "due_on": TODAY + timedelta(days=9)} | more
    return replace(Deed(act=act, by="박도윤", version=referral.version), **said)  # type: ignore[arg-type]  # by name


def after(*acts: Act, satisfaction: int | None = None) -> Referral:
    referral = a_referral()
    for act in acts:
        done = advance(referral, deed(act, referral, satisfaction=satisfaction if act is Act.COMPLETE else None), NOON)
        assert done.reason is Reason.DONE, act
        referral = done.referral
    return referral


deeds = st.lists(
    st.tuples(
        st.sampled_from(sorted(set(Act) - {Act.ASK})),
        st.integers(-1, 1),
        st.sampled_from(["", "  ", "말함"]),
        st.none() | st.sampled_from(Result),
        st.none() | st.integers(0, 6),
        st.none() | st.just(TODAY),
    ),
    max_size=12,
)


@settings(max_examples=100)
@given(deeds)
def test_every_step_leaves_one_line_and_what_is_refused_leaves_none(
    story: list[tuple[Act, int, str, Result | None, int | None, date | None]],
) -> None:
    referral = a_referral()
    log: list[Line] = []
    for act, stale, text, outcome, satisfaction, due_on in story:
        step = Deed(
            act=act,
            by="박도윤",
            version=referral.version + stale,
            text=text,
            outcome=outcome,
            satisfaction=satisfaction,
            due_on=due_on,
        )
        done = advance(referral, step, NOON)
        assert (done.line is not None) == (done.reason is Reason.DONE)
        if done.line is None:
            assert done.referral == referral
            continue
        assert not stale and done.line.version == done.referral.version == referral.version + 1
        assert not referral.state.ended or done.referral.state is referral.state, "the end is the end"
        log.append(done.line)
        referral = done.referral
        assert advance(referral, step, NOON).reason is Reason.CHANGED_SINCE_SEEN, "one step twice is once"
    assert (referral.ended_at is not None) == referral.state.ended
    assert (referral.outcome is not None) == (referral.state is State.COMPLETED)
    assert referral.satisfaction is None or (referral.state is State.COMPLETED and 1 <= referral.satisfaction <= 5)
    assert [line.version for line in log] == list(range(2, len(log) + 2))


def test_a_referral_goes_from_the_request_to_the_outcome() -> None:
    done = after(Act.RECEIVE, Act.BEGIN, Act.COMPLETE, satisfaction=4)
    assert (done.state, done.outcome, done.satisfaction, done.ended_at) == (State.COMPLETED, Result.EASED, 4, NOON)
    assert acts_from(done) == (Act.NOTE,)


def test_whoever_was_not_asked_may_be_asked_later_and_once() -> None:
    done = after(Act.RECEIVE, Act.BEGIN, Act.COMPLETE)
    assert acts_from(done) == (Act.RATE, Act.NOTE)
    rated = advance(done, deed(Act.RATE, done, satisfaction=2), NOON).referral
    assert rated.satisfaction == 2 and acts_from(rated) == (Act.NOTE,)
    assert advance(rated, deed(Act.RATE, rated, satisfaction=5), NOON).reason is Reason.RATED_BEFORE


@pytest.mark.parametrize(
    ("act", "lacks", "reason"),
    [
        (Act.DECLINE, {"text": " "}, Reason.NOTHING_WRITTEN),
        (Act.CANCEL, {"text": ""}, Reason.NOTHING_WRITTEN),
        (Act.NOTE, {"text": ""}, Reason.NOTHING_WRITTEN),
        (Act.POSTPONE, {"due_on": None}, Reason.NO_DAY),
        (Act.COMPLETE, {}, Reason.NOT_FROM_HERE),
        (Act.RATE, {"satisfaction": 3}, Reason.NOT_FROM_HERE),
    ],
)
def test_whoever_ends_it_early_says_why(act: Act, lacks: dict[str, object], reason: Reason) -> None:
    assert advance(a_referral(), deed(act, a_referral(), **lacks), NOON).reason is reason


def test_what_is_completed_has_an_outcome_and_a_satisfaction_of_one_to_five_or_none() -> None:
    served = after(Act.RECEIVE, Act.BEGIN)
    assert advance(served, deed(Act.COMPLETE, served, outcome=None), NOON).reason is Reason.NO_OUTCOME
    assert advance(served, deed(Act.COMPLETE, served, satisfaction=6), NOON).reason is Reason.BAD_SATISFACTION
    done = after(Act.RECEIVE, Act.BEGIN, Act.COMPLETE)
    assert advance(done, deed(Act.RATE, done), NOON).reason is Reason.BAD_SATISFACTION


def test_another_day_may_be_set_while_it_is_open_and_late_is_after_the_day() -> None:
    moved = after(Act.POSTPONE)
    assert moved.due_on == TODAY + timedelta(days=9) and moved.state is State.REQUESTED
    assert not moved.overdue(moved.due_on) and moved.overdue(moved.due_on + timedelta(days=1))
    assert not after(Act.CANCEL).overdue(TODAY + timedelta(days=99))


def test_one_form_is_one_referral() -> None:
    assert a_referral().referral_id == a_referral(at=NOON + timedelta(minutes=1)).referral_id
    assert a_referral().referral_id != a_referral("h-0002").referral_id


def test_a_form_says_what_is_missing() -> None:
    whole = {"key": "k", "service": "meals", "provider": " 한빛 ", "text": "저녁"}
    wanted = read_wanted(whole, TODAY)
    assert not isinstance(wanted, str)
    assert (wanted.provider, wanted.due_on) == ("한빛", TODAY + timedelta(days=USUAL_DAYS[Service.MEALS]))
    for fields, word in (
        ({"service": "hotel"}, "service"),
        ({"provider": " "}, "provider"),
        ({"key": ""}, "form"),
        ({"due_on": "2026-11-21"}, "day"),
        ({"due_on": "soon"}, "day"),
        ({"text": "x" * 2001}, "shorter"),
    ):
        assert read_wanted(whole | fields, TODAY) == f"referral.needs.{word}"
    assert read_deed(Act.NOTE, {"version": "x"}, "김지현", TODAY) == "referral.needs.form"
    assert read_deed(Act.NOTE, {"version": "1", "text": "x" * 2001}, "김지현", TODAY) == "referral.needs.shorter"
    assert read_deed(Act.POSTPONE, {"version": "1"}, "김지현", TODAY) == "referral.needs.day"
    read = read_deed(Act.COMPLETE, {"version": "3", "outcome": "solved", "satisfaction": "9"}, "김지현", TODAY)
    assert isinstance(read, Deed) and (read.version, read.outcome, read.satisfaction) == (3, Result.SOLVED, None)


def test_a_month_that_is_none_or_lies_ahead_is_the_present_one() -> None:
    assert read_month("2026-10", TODAY) == date(2026, 10, 1)
    assert {read_month(text, TODAY) for text in ("", "2026-13", "2026-12", "x" * 7, "2026-11-22")} == {NOVEMBER.first}
    december = Month(first=date(2026, 12, 1))
    assert (december.after, Month(first=date(2027, 1, 1)).before) == (date(2027, 1, 1), date(2026, 12, 1))


def test_a_month_counts_what_came_ended_and_is_left() -> None:
    october = NOON - timedelta(days=40)
    ended = replace(a_referral(), state=State.COMPLETED, outcome=Result.SOLVED, satisfaction=5, ended_at=NOON)
    late = replace(a_referral(service=Service.URGENT_GAP, at=october), due_on=TODAY - timedelta(days=1))
    later = replace(ended, ended_at=NOVEMBER.ends + timedelta(hours=1))
    counts = counts_of([ended, late, later], NOVEMBER, NOON)
    meals, gap, total = counts
    assert (meals.asked, meals.completed, meals.open, meals.satisfaction) == (2, 1, 1, "5.0")
    assert (gap.asked, gap.open, gap.overdue, gap.satisfaction) == (0, 1, 1, "")
    assert (total.asked, total.completed, total.open, total.overdue, total.rated) == (2, 1, 2, 1, 1)


def test_a_file_of_a_month_opens_with_hangul_and_runs_no_formula_and_names_nobody() -> None:
    evil = a_referral(provider="=HYPERLINK(1)")
    text = cases_csv([evil], {"매화동": "매화동"}, KO)
    assert text.startswith("\ufeff")
    head, line = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert head[0] == "동" and line[3] == "'=HYPERLINK(1)" and line[1] == "h-0001" and line[6] == "2026-11-25"
    counted = counts_csv(counts_of([evil], NOVEMBER, NOON), {}, EN).removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(counted)))[-1][1:3] == ["Total", "1"]
