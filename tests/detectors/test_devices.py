"""What ails a device is seen from its own past: batteries that fall, links that fade, sensors that stick or flap."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Finding, Phase, Reading, Severity
from contracts.values import Battery, Contact, LinkQuality, Motion, Temperature
from detectors.battery_forecast import days_left
from detectors.checkpoints import decode_chunk, encode_chunk
from detectors.chunk import Chunk
from detectors.devices import HOURS, Device, best_of
from detectors.state import HomeState
from tests.detectors.test_chunk import run
from tests.detectors.values import NOON, a_batch, a_heartbeat, a_home, a_reading, a_sensor, a_state, live

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
HOME = a_home(sensors=[a_sensor(room="거실")])


def of_kind(findings: Sequence[Finding], kind: str) -> list[Finding]:
    return [finding for finding in findings if finding.kind == kind]


def batteries(*percents: float, since: timedelta = timedelta(0)) -> list[Reading]:
    """One word a day."""
    return [a_reading(Battery(percent=float(each)), at=NOON + since + DAY * day) for day, each in enumerate(percents)]


def links(*scores: float, a_day: int = 6, since: timedelta = timedelta(0)) -> Iterator[Reading]:
    for day, score in enumerate(scores):
        for turn in range(a_day):
            yield a_reading(LinkQuality(score=score), at=NOON + since + DAY * day + HOUR * turn)


def test_a_battery_that_falls_steadily_is_told_a_month_before_it_is_empty() -> None:
    state = HomeState()
    findings = live(state, HOME, batteries(*(60 - day for day in range(44))))
    first = of_kind(findings, "battery_forecast")[0]
    assert first.severity == Severity.DEVICE and "일 남음" in first.evidence.sentence.ko
    assert "days left" in first.evidence.sentence.en and "거실" in first.evidence.sentence.ko
    assert 25 <= float(first.evidence.values["days_left"]) <= 30 and first.evidence.limit == 30
    changed = of_kind(live(state, HOME, batteries(100, since=44 * DAY)), "battery_forecast")
    assert [one.phase for one in changed] == [Phase.ENDED]


@pytest.mark.parametrize(
    "percents",
    [
        [30.0] * 40,
        [30, 29, 30, 31, 28, 30, 29, 30] * 5,  # noise
        [40.0] * 16 + [22.0] * 16,  # one step: a cold room, another scale
        [80 - day * 0.1 for day in range(40)],  # two years
        [30, 28, 26, 24, 22, 20, 18, 17],  # hardly a week
        [20.0, 18.0, 16.0, 100.0, 100.0, 99.0],  # somebody changed it
    ],
)
def test_noise_a_step_and_a_slow_fall_are_no_forecast(percents: list[float]) -> None:
    assert not of_kind(live(HomeState(), HOME, batteries(*percents)), "battery_forecast")


def test_a_battery_that_is_low_already_is_told_as_low() -> None:
    findings = live(HomeState(), HOME, batteries(*(40 - 2 * day for day in range(16))))
    last = NOON + 15 * DAY
    assert {one.kind for one in findings if one.told_at == last and one.phase != Phase.ENDED} == {"battery_low"}


def test_a_forecast_does_not_come_and_go() -> None:
    findings = live(HomeState(), HOME, batteries(*(70 - day + 3 * (day % 3) for day in range(50))))
    assert len([one for one in of_kind(findings, "battery_forecast") if one.phase == Phase.BEGAN]) == 1


@given(st.floats(0.5, 3.0), st.integers(24, 32))
def test_the_forecast_of_a_straight_fall_is_right_to_a_fifth(a_day: float, days: int) -> None:
    state = a_state(*batteries(*(100 - a_day * day for day in range(days))))
    forecast = days_left(state.devices["motion-living"].battery)
    assert forecast is not None
    assert forecast[0] == pytest.approx(100 / a_day - days, rel=0.2, abs=6)


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ([150.0, 150.0, 150.0, 150.0], False),
        ([12.0, 14.0, 9.0], True),
        ([12.0, 14.0], False),
        ([12.0, 60.0, 9.0], False),
        ([-92.0, -93.0, -95.0], True),
        ([-70.0, -71.0, -70.0], False),
        ([180.0, 180.0, 180.0, 50.0, 50.0, 50.0], True),  # fair by its scale, a third of what is usual for it
        ([60.0, 60.0, 60.0, 50.0, 50.0, 50.0], False),
        ([-50.0, -50.0, -50.0, -80.0, -80.0, -80.0], True),
    ],
)
def test_a_link_is_weak_by_its_scale_or_by_its_own_usual_for_three_days(scores: list[float], told: bool) -> None:
    findings = of_kind(live(HomeState(), HOME, list(links(*scores))), "weak_link")
    assert bool(findings) == told
    if told:
        assert "신호 약함" in findings[0].evidence.sentence.ko and "limit" in findings[0].evidence.sentence.en


def test_a_weak_link_is_over_when_it_is_clearly_better() -> None:
    state = HomeState()
    live(state, HOME, list(links(12, 14, 9)))
    assert of_kind(live(state, HOME, list(links(31, since=3 * DAY))), "weak_link")
    assert not [one for one in live(state, HOME, list(links(40, since=4 * DAY))) if one.phase == Phase.ENDED]
    assert [one.phase for one in live(state, HOME, list(links(50, since=5 * DAY)))] == [Phase.ENDED]


def moving(hours: int, *, still_at: Sequence[int] = ()) -> list[Reading]:
    """See movement every ten minutes, and stillness in the middle of some hours."""
    seen = [a_reading(Motion(active=True), at=NOON + 10 * MINUTE * turn) for turn in range(6 * hours + 1)]
    seen += [a_reading(Motion(active=False), at=NOON + HOUR * hour + 5 * MINUTE) for hour in still_at]
    return sorted(seen, key=lambda reading: reading.observed_at)


def test_a_motion_sensor_that_never_pauses_for_six_hours_is_stuck_until_it_does() -> None:
    state = HomeState()
    (found,) = [one for one in live(state, HOME, moving(7, still_at=[0])) if one.phase == Phase.BEGAN]
    assert found.kind == "stuck_sensor" and "고착" in found.evidence.sentence.ko
    pause = a_reading(Motion(active=False), at=NOON + 8 * HOUR)
    assert [one.phase for one in live(state, HOME, [pause])] == [Phase.ENDED]


@pytest.mark.parametrize(
    "readings",
    [
        moving(9, still_at=[0, 4, 8]),
        moving(9),  # it never says that it is still: its driver leaves that out
        [
            *moving(0, still_at=[0]),
            *(a_reading(Motion(active=True), at=NOON + 9 * HOUR + MINUTE * m) for m in range(9)),
        ],
    ],
)
def test_a_sensor_that_pauses_or_was_quiet_or_never_says_still_is_not_stuck(readings: list[Reading]) -> None:
    assert not of_kind(live(HomeState(), HOME, readings), "stuck_sensor")


def air(*celsius: float, every: timedelta = HOUR) -> list[Reading]:
    return [a_reading(Temperature(celsius=each), at=NOON + every * turn) for turn, each in enumerate(celsius)]


def test_air_that_does_not_change_for_two_days_is_not_measured_any_more() -> None:
    findings = of_kind(live(HomeState(), HOME, air(21.4, *[21.6] * 52)), "stuck_sensor")
    assert findings[0].phase == Phase.BEGAN and "온도" in findings[0].evidence.sentence.ko
    assert of_kind(live(HomeState(), HOME, air(*[21.6] * 52)), "stuck_sensor")


@pytest.mark.parametrize(
    "readings",
    [
        air(*[21.6, 21.7] * 30),
        air(*[21.0] * 60),  # whole degrees: a coarse sensor
        air(*[21.6] * 12, every=6 * HOUR),  # it spoke too seldom to say so
    ],
)
def test_air_that_changes_or_is_told_coarsely_or_seldom_is_not_stuck(readings: list[Reading]) -> None:
    assert not of_kind(live(HomeState(), HOME, readings), "stuck_sensor")


def doors(changes: int, *, over: timedelta, since: timedelta = timedelta(0)) -> list[Reading]:
    return [
        a_reading(Contact(open=turn % 2 == 0), at=NOON + since + over / changes * turn, mark=str(turn))
        for turn in range(changes)
    ]


def test_a_contact_that_changes_three_times_a_minute_for_five_minutes_flaps_once() -> None:
    state = HomeState()
    findings = live(state, HOME, doors(40, over=10 * MINUTE))
    assert len([one for one in of_kind(findings, "flapping_sensor") if one.phase == Phase.BEGAN]) == 1
    over = live(state, HOME, [a_heartbeat(NOON + MINUTE * minute) for minute in range(11, 21)])
    assert [one.phase for one in over if one.kind == "flapping_sensor"][-1] == Phase.ENDED


@pytest.mark.parametrize("readings", [doors(12, over=5 * MINUTE), doors(90, over=60 * MINUTE)])
def test_a_lively_door_does_not_flap(readings: list[Reading]) -> None:
    assert not of_kind(live(HomeState(), HOME, readings), "flapping_sensor")


def test_movement_may_come_and_go_as_it_likes() -> None:
    steps = [a_reading(Motion(active=turn % 2 == 0), at=NOON + 5 * SECOND * turn) for turn in range(200)]
    assert not live(HomeState(), HOME, steps)


def test_late_and_double_words_of_a_device_change_nothing() -> None:
    story = [*batteries(*range(60, 20, -1)), *links(12, 14, 9), *moving(7, still_at=[0]), *doors(40, over=HOUR / 6)]
    assert a_state(*story) == a_state(*reversed(story * 2))


def test_a_device_is_remembered_in_little() -> None:
    year = [*batteries(*([50.0] * 365)), *links(*([90.0] * 365), a_day=1), *air(*([20.1, 20.2] * 500))]
    device: Device = a_state(*year).devices["motion-living"]
    assert len(best_of(device.battery)) <= 8 and len(best_of(device.link)) <= 6
    assert device.air is not None and device.air.hours < 1 << HOURS


def test_a_state_that_an_older_release_wrote_is_still_read() -> None:
    chunk = Chunk()
    run(chunk, [a_batch(a_heartbeat(), a_reading(Contact(open=True)), homes=[HOME])])
    written = encode_chunk(chunk)
    older = written.replace(b"\xa7devices", b"\xa7unknown").replace(b"\xacclock_right", b"\xac-----------x")
    assert older != written
    read = decode_chunk(older)
    assert read is not None and not read.states[HOME.home_id].devices
    assert read.states[HOME.home_id].watermark == NOON
