"""A gateway's clock is learned from its live words, and stored old news is no wrong clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import HomeId, Reading, ReadingId, SensorId, Value, partition_of
from contracts.topics import PARTITIONS
from contracts.values import GatewayStatus, Heartbeat, Motion
from ingest.clocks import REMEMBERED, Clocks
from tests.ingest.messages import NOON

HOME = HomeId("h-0001")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def heard(at: datetime, behind: timedelta, value: Value | None = None, *, home: HomeId = HOME) -> Reading:
    """Arrive now, and have said a time that is behind."""
    return Reading(
        reading_id=ReadingId("r"),
        home_id=home,
        sensor_id=SensorId("gateway"),
        observed_at=at - behind,
        received_at=at,
        value=value or Heartbeat(),
    )


def beats(behind: timedelta, *, minutes: int = 6, since: datetime = NOON, jitter: bool = True) -> list[Reading]:
    delays = (0.1, 0.4, 0.2, 1.3, 0.1, 0.9)
    return [
        heard(since + MINUTE * turn, behind + timedelta(seconds=delays[turn % 6] if jitter else 0))
        for turn in range(minutes)
    ]


def clocks_of(readings: Iterable[Reading]) -> Clocks:
    clocks = Clocks()
    for reading in readings:
        clocks.note(reading)
    return clocks


def offset_of(clocks: Clocks) -> float:
    return clocks.offsets.get(HOME, timedelta(0)).total_seconds()


@pytest.mark.parametrize("hours", [-3, 3, -0.01, 0.01, 24 * 365 * 56])
def test_a_clock_that_is_wrong_is_learned_within_minutes(hours: float) -> None:
    assert offset_of(clocks_of(beats(HOUR * hours))) == pytest.approx(hours * 3600, abs=0.2)


@pytest.mark.parametrize("seconds", [0, 2, 4.8, -4.8])
def test_a_clock_that_is_nearly_right_is_left_alone(seconds: float) -> None:
    clocks = clocks_of(beats(timedelta(seconds=seconds)))
    assert not clocks.offsets and not clocks.news()


def test_too_few_words_prove_nothing() -> None:
    assert not clocks_of(beats(HOUR, minutes=3)).offsets


def test_many_words_at_once_are_one_word() -> None:
    assert not clocks_of(heard(NOON + timedelta(milliseconds=turn), HOUR) for turn in range(500)).offsets


def test_stored_heartbeats_after_an_outage_are_no_wrong_clock() -> None:
    drain = [heard(NOON + timedelta(seconds=turn), 9 * HOUR - MINUTE * turn) for turn in range(500)]
    assert not clocks_of(drain).offsets


def test_stored_readings_between_live_heartbeats_are_no_wrong_clock() -> None:
    stored = [heard(NOON + timedelta(seconds=turn), 9 * HOUR, Motion(active=True)) for turn in range(500)]
    everything = sorted([*stored, *beats(timedelta(0), minutes=9)], key=lambda reading: reading.received_at)
    assert not clocks_of(everything).offsets


def test_a_gateway_without_heartbeats_is_learned_from_its_readings() -> None:
    spoken = [heard(NOON + MINUTE * turn, 2 * HOUR, Motion(active=True)) for turn in range(6)]
    assert offset_of(clocks_of(spoken)) == 7200


def test_a_device_with_a_clock_of_its_own_does_not_disturb_its_gateway() -> None:
    strange = [heard(NOON + MINUTE * turn, -HOUR, Motion(active=True)) for turn in range(6)]
    everything = sorted([*strange, *beats(3 * HOUR)], key=lambda reading: reading.received_at)
    assert offset_of(clocks_of(everything)) == pytest.approx(3 * 3600, abs=0.2)


def test_two_clocks_in_one_home_without_heartbeats_are_not_mixed() -> None:
    mixed = [heard(NOON + MINUTE * turn, HOUR * (turn % 2) + MINUTE / 99, Motion(active=True)) for turn in range(12)]
    assert not clocks_of(mixed).offsets


def test_who_says_no_time_says_nothing() -> None:
    assert not clocks_of(beats(timedelta(0), jitter=False)).offsets


def test_a_clock_that_was_set_is_right_again_within_minutes_and_its_gateway_is_told_so() -> None:
    clocks = clocks_of(beats(HOUR))
    assert [round(offset.total_seconds()) for _, offset in clocks.news()] == [3600]
    for reading in beats(timedelta(0), since=NOON + 10 * MINUTE):
        clocks.note(reading)
    assert not clocks.offsets
    assert clocks.news() == [(HOME, timedelta(0))]
    assert not clocks.news()


def test_a_corrected_reading_still_shows_what_its_clock_said() -> None:
    corrected = [
        Reading(
            reading_id=ReadingId("r"),
            home_id=HOME,
            sensor_id=SensorId("gateway"),
            observed_at=NOON + MINUTE * turn,
            received_at=NOON + MINUTE * turn,
            value=Heartbeat(),
            clock_offset_seconds=7200.0,
        )
        for turn in range(6)
    ]
    assert offset_of(clocks_of(corrected)) == 7200


def test_a_gateway_is_told_at_first_then_by_the_hour_and_when_its_clock_has_run_away() -> None:
    clocks = clocks_of(beats(HOUR))
    assert len(clocks.news()) == 1
    assert not clocks.news()
    for reading in beats(HOUR + timedelta(seconds=4), since=NOON + 10 * MINUTE, minutes=12):
        clocks.note(reading)
    assert [round(offset.total_seconds()) for _, offset in clocks.news()] == [3604]
    for reading in beats(HOUR + timedelta(seconds=4), since=NOON + 22 * MINUTE, minutes=61):
        clocks.note(reading)
    assert len(clocks.news()) == 1


def test_the_birth_of_a_gateway_speaks_of_its_clock_and_noise_beyond_all_calendars_does_not() -> None:
    clocks = clocks_of(heard(NOON + MINUTE * turn, HOUR, GatewayStatus(online=True)) for turn in range(6))
    assert offset_of(clocks) == 3600
    assert not clocks_of(beats(timedelta(days=365 * 500))).offsets


def test_homes_that_another_bridge_serves_are_forgotten() -> None:
    clocks = clocks_of([*beats(HOUR), *(heard(NOON + MINUTE * turn, HOUR, home=HomeId("h-0002")) for turn in range(6))])
    clocks.forget(partition_of(HOME, partitions=PARTITIONS))
    assert set(clocks.offsets) == {HomeId("h-0002")}


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(-1e6, 1e6)), max_size=60))
def test_whatever_is_heard_little_is_remembered_and_no_delay_makes_a_clock_slower(
    words: list[tuple[int, float]],
) -> None:
    clocks = clocks_of(heard(NOON + timedelta(seconds=at), timedelta(seconds=behind)) for at, behind in words)
    if words:
        assert offset_of(clocks) <= max(0, *(behind + 0.001 for _, behind in words))
    assert all(len(clock.offsets) <= REMEMBERED for clock in clocks._clocks.values())
