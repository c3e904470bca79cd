"""Where the figures come from: hours of the clock, load of those at work, urgency, and what stays open too long."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from alerts.figures.breakdowns import accounts_of, by, hours_of, load_of, mix_of
from alerts.figures.cases import Case
from alerts.outcomes import OutcomeCode
from contracts import AlertId, Hazard, Severity
from tests.alerts.building import NOON

SEOUL = ZoneInfo("Asia/Seoul")
LATER = NOON + timedelta(days=2)
MINUTE = timedelta(minutes=1)


def a_case(
    opened: datetime = NOON,
    answered: float | None = 30,
    *,
    by: str = "jiwon",
    severity: Severity = Severity.EMERGENCY,
    district: str = "d-1",
    resolved: timedelta | None = timedelta(hours=1),
) -> Case:
    return Case(
        alert_id=AlertId("a"),
        district_id=district,
        rule="help_button",
        hazard=Hazard.HELP,
        severity=severity,
        opened_at=opened,
        answered_at=None if answered is None else opened + timedelta(seconds=answered),
        answered_by=None if answered is None else by,
        resolved_at=None if resolved is None else opened + resolved,
        outcome=OutcomeCode.MEDICAL,
    )


def test_an_hour_is_that_of_the_clock_on_the_wall() -> None:
    hours = hours_of([a_case(answered=60), a_case(answered=61), a_case(answered=None)], SEOUL)
    noon = hours[12]
    assert (noon.cases, noon.answered, noon.in_time, noon.median) == (3, 2, 1, 60)
    assert len(hours) == 24 and sum(hour.cases for hour in hours) == 3 and hours[3].median is None


def test_one_new_alert_is_calm_two_are_the_limit_and_eleven_are_a_flood() -> None:
    span = (NOON, NOON + 6 * 10 * MINUTE)
    found = [a_case(NOON + 10 * window * MINUTE) for window, count in enumerate((1, 2, 3, 11)) for _ in range(count)]
    load = load_of(found, *span)
    assert (load.windows, load.calm, load.limit, load.heavy, load.flood) == (6, 3, 1, 1, 1)
    assert load.flood_share == 1 / 6
    shared = [a_case(by="jiwon"), a_case(by="doyun")]
    assert load_of(shared, *span).calm == 6, "two people, one alert each"
    assert load_of((), NOON, NOON).flood_share is None


def test_what_ails_a_device_alone_is_no_alarm() -> None:
    severities = (Severity.EMERGENCY, Severity.URGENT, Severity.CAUTION, Severity.NOTICE, Severity.DEVICE)
    mix = mix_of(a_case(severity=severity) for severity in severities)
    assert [(part.name, part.count, part.of) for part in mix] == [("high", 1, 4), ("medium", 1, 4), ("low", 2, 4)]


def test_a_case_that_was_open_for_more_than_a_day_is_stale_closed_or_not() -> None:
    day = timedelta(hours=24)
    found = [a_case(resolved=day), a_case(resolved=day + MINUTE), a_case(resolved=None)]
    assert accounts_of(found, NOON, LATER, LATER, SEOUL).stale == 2
    assert accounts_of(found, NOON, LATER, NOON + day, SEOUL).stale == 1


@given(
    st.lists(
        st.builds(
            a_case,
            st.datetimes(NOON.replace(tzinfo=None), LATER.replace(tzinfo=None)).map(
                lambda at: at.replace(tzinfo=NOON.tzinfo)
            ),
            district=st.sampled_from(["d-1", "d-2", ""]),
        ),
        max_size=30,
    )
)
def test_the_parts_add_up_to_the_whole(found: list[Case]) -> None:
    accounts = accounts_of(found, NOON, LATER, LATER, SEOUL)
    assert sum(hour.cases for hour in accounts.hours) == len(found)
    for parts in (accounts.districts, accounts.rules, by(found, lambda one: one.severity, LATER)):
        assert sum(one.cases for one in parts.values()) == len(found)
        assert (
            sum(one.share("answered_in_60").hit for one in parts.values()) == accounts.whole.share("answered_in_60").hit
        )
    load = accounts.load
    assert load.calm + load.limit + load.heavy + load.flood == load.windows
