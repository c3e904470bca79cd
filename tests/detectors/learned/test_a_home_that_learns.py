"""A simulated home lives for four weeks without an alarm, and is then found long before the cities' first step."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bench.samples import street_of
from contracts import Finding, Reading, Severity
from contracts.values import Heartbeat
from detectors.chunk import Chunk, apply
from detectors.gate import Gates
from detectors.remember import remember
from detectors.state import HomeState
from detectors.watch import watch
from homes.model import watched_home
from simulator.household import household_of, readings_between
from tests.detectors.values import a_batch, a_reading

SEOUL = ZoneInfo("Asia/Seoul")
BEGAN = datetime(2026, 3, 2, tzinfo=SEOUL)
DAYS = 28
COLLAPSE = BEGAN + timedelta(days=DAYS, hours=9, minutes=40)
HOME = watched_home(street_of(3, webhook="").homes[2])


def a_life() -> Iterator[Reading]:
    """Let the simulator live until the collapse; the gateway goes on."""
    household = household_of(HOME, seed=7)
    seen = [
        a_reading(sighting.value, at=sighting.at, sensor=sighting.sensor_id, home=HOME.home_id)
        for sighting in readings_between(household, BEGAN, COLLAPSE)
    ]
    beats = (BEGAN + timedelta(minutes=5) * turn for turn in range((DAYS + 1) * 288))
    seen += [a_reading(Heartbeat(), at=at, sensor="gateway", home=HOME.home_id) for at in beats]
    return iter(sorted(seen, key=lambda reading: reading.observed_at))


def of_stillness(findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.kind == "inactivity"]


def test_four_weeks_teach_a_home_and_a_collapse_is_found_in_hours() -> None:
    chunk, gates, plain = Chunk(), Gates(), HomeState()
    told = list(apply(chunk, a_batch(homes=[HOME], at=BEGAN), 0, gates))
    asked_all: list[Finding] = []
    for offset, reading in enumerate(a_life(), start=1):
        told += apply(chunk, a_batch(reading, at=reading.received_at), offset, gates)
        remember(plain, reading)
        assert plain.watermark is not None
        asked_all += watch(plain, HOME, plain.watermark)[1]
    stillness = of_stillness(told)
    assert stillness
    first = stillness[0]
    assert first.severity is Severity.CAUTION
    assert COLLAPSE - timedelta(hours=2) < first.since <= COLLAPSE
    assert first.told_at - COLLAPSE < timedelta(hours=5)
    assert first.evidence.baseline is not None
    assert "이 시각 평소 최장" in first.evidence.sentence.ko
    # Who sleeps misses nothing, also when the night brings new limits.
    assert [(one.finding_id, one.phase, one.told_at) for one in stillness] == [
        (one.finding_id, one.phase, one.told_at) for one in of_stillness(asked_all)
    ]
    habits = chunk.states[HOME.home_id].habits
    assert habits is not None
    assert habits == plain.habits
    assert habits.days > DAYS - 1
