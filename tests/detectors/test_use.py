"""Power and water that nobody uses: what it says where nothing else does, and when it must say nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from contracts import Finding, Hazard, Hold, HoldKind, Phase, Reading, Severity, WatchedHome
from contracts.values import Motion, Power, WaterFlow
from detectors.state import HomeState
from detectors.water_not_used import awake_between
from tests.detectors.values import NOON, a_home, a_reading, a_sensor, a_state, heartbeats, live

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MORNING = datetime(2026, 11, 21, 22, tzinfo=UTC)  # seven o'clock in Seoul
PLUG = a_sensor("plug", "power", "living")
METER = a_sensor("meter", "water_flow", "bathroom")
MOTION = a_sensor("motion-living", "motion", "living")
KINDS = {"power_flat", "water_not_used"}


def told(home: WatchedHome, story: Sequence[Reading], since: datetime, until: datetime) -> list[Finding]:
    beats = heartbeats(since, until, every=5 * MINUTE)
    words = sorted([*(one for one in story if one.observed_at <= until), *beats], key=lambda one: one.observed_at)
    return [finding for finding in live(HomeState(), home, words) if finding.kind in KINDS]


def evenings(days: int, *, rests_from: int | None = None) -> list[Reading]:
    """Watch television from one hour after noon to five hours after it, every day but the last ones."""
    story: list[Reading] = []
    for hour in range(24 * days):
        on = 1 <= hour % 24 < 5 and (rests_from is None or hour < rests_from)
        watts = 80.0 if on else 0.6
        story += [a_reading(Power(watts=watts), at=NOON + HOUR * hour + MINUTE * m, sensor="plug") for m in (2, 32)]
    return story


def test_a_plug_that_rests_for_much_longer_than_usual_is_told() -> None:
    home = a_home(sensors=[PLUG])
    assert not told(home, evenings(7), NOON, NOON + 168 * HOUR)
    findings = told(home, evenings(7, rests_from=96), NOON, NOON + 168 * HOUR)
    first = findings[0]
    assert (first.hazard, first.severity) == (Hazard.STILLNESS, Severity.CAUTION)
    # The last use ended 77 hours after noon; the longest rest of its week was 20 hours, so the hard limit holds.
    assert timedelta(hours=24) <= first.told_at - (NOON + 77 * HOUR) < timedelta(hours=25)
    assert first.evidence.sentence.ko == "24시간 2분 동안 전력 사용 변화 없음 · 한계 24시간 · 평소 최장 20시간"
    assert findings[-1].phase is Phase.HOLDS


def test_a_plug_that_is_used_every_few_hours_is_told_sooner() -> None:
    home = a_home(sensors=[PLUG])
    story = [
        a_reading(Power(watts=60.0 if hour % 6 == 0 and hour < 60 else 1.0), at=NOON + HOUR * hour, sensor="plug")
        for hour in range(120)
    ]
    first = told(home, story, NOON, NOON + 100 * HOUR)[0]
    assert first.evidence.limit == 15 * 3600


def rests(hours: Sequence[int], until: int) -> list[Reading]:
    return [
        a_reading(Power(watts=60.0 if hour in hours else 1.0), at=NOON + HOUR * hour, sensor="plug")
        for hour in range(until)
    ]


def test_one_long_rest_teaches_nothing_and_two_of_them_are_how_a_home_lives() -> None:
    home = a_home(sensors=[PLUG])
    once = [*range(0, 50, 5), 84, *range(85, 110, 5)]  # nobody for 34 hours, and then life as before
    first = [each for each in told(home, rests(once, 140), NOON, NOON + 140 * HOUR) if each.since > NOON + 90 * HOUR]
    assert first and first[0].evidence.limit == 24 * 3600
    often = [0, 3, 33, 63, 66, 96]
    assert not told(home, rests(often, 140), NOON, NOON + 140 * HOUR)


def test_a_plug_that_never_rested_is_told_at_the_sooner_limit() -> None:
    busy = rests(range(60), 90)
    assert told(a_home(sensors=[PLUG]), busy, NOON, NOON + 90 * HOUR)[0].evidence.limit == 15 * 3600


def test_a_home_of_less_than_two_days_and_one_that_moves_are_not_judged_by_their_power() -> None:
    home = a_home(sensors=[PLUG])
    assert not told(home, evenings(3, rests_from=24), NOON, NOON + 70 * HOUR)
    moves = [a_reading(Motion(active=True), at=NOON + HOUR * hour) for hour in range(0, 168, 5)]
    lively = a_home(sensors=[PLUG, MOTION])
    assert not told(lively, [*evenings(7, rests_from=96), *moves], NOON, NOON + 168 * HOUR)


def test_a_plug_that_was_not_heard_says_nothing_and_an_empty_home_neither() -> None:
    home = a_home(sensors=[PLUG])
    story = [one for one in evenings(7) if one.observed_at < NOON + 96 * HOUR]
    assert not told(home, story, NOON, NOON + 168 * HOUR)
    away = Hold(kind=HoldKind.AWAY, from_at=NOON + 90 * HOUR, until_at=NOON + 167 * HOUR)
    empty = a_home(sensors=[PLUG], holds=[away])
    assert not told(empty, evenings(7, rests_from=96), NOON, NOON + 168 * HOUR)


def flows(used: Sequence[int], hours: int) -> list[Reading]:
    return [
        a_reading(WaterFlow(litres_per_minute=4.0 if hour in used else 0.0), at=MORNING + HOUR * hour, sensor="meter")
        for hour in range(hours)
    ]


def test_ten_waking_hours_without_water_are_told_and_the_night_does_not_count() -> None:
    home = a_home(sensors=[METER])
    (first, *_) = told(home, flows([0], 12), MORNING, MORNING + 12 * HOUR)
    assert first.told_at == MORNING + 10 * HOUR
    assert first.evidence.sentence.ko == "깨어 있을 시간 10시간 동안 물 사용 없음 · 한계 10시간 · 다른 인기척도 없음"
    assert first.evidence.values == {"unused_seconds": 36_000.0}
    # From nine in the evening one hour counts, and then nothing until seven: nine more end at four in the afternoon.
    (late, *_) = told(home, flows([0, 5, 10, 14], 36), MORNING, MORNING + 36 * HOUR)
    assert late.told_at == MORNING + 33 * HOUR


def test_water_used_or_somebody_noticed_begins_the_count_anew() -> None:
    home = a_home(sensors=[METER, MOTION])
    assert not told(home, flows([0, 6, 12], 15), MORNING, MORNING + 15 * HOUR)
    moved = [a_reading(Motion(active=True), at=MORNING + 6 * HOUR)]
    assert not told(home, [*flows([0], 15), *moved], MORNING, MORNING + 15 * HOUR)


def test_a_meter_that_only_counts_is_read_by_its_changes() -> None:
    counts = [
        a_reading(WaterFlow(litres_total=100.0 + min(hour, 3)), at=MORNING + HOUR * hour, sensor="meter")
        for hour in range(15)
    ]
    (first, *_) = told(a_home(sensors=[METER]), counts, MORNING, MORNING + 14 * HOUR)
    assert first.told_at == MORNING + 12 * HOUR  # it counted last between two and three hours


def test_a_meter_that_is_silent_or_never_counted_says_nothing() -> None:
    home = a_home(sensors=[METER])
    assert not told(home, flows([0], 3), MORNING, MORNING + 15 * HOUR)
    assert not told(home, flows([], 15), MORNING, MORNING + 15 * HOUR)


def test_waking_hours_are_the_homes_own_even_when_the_clocks_change() -> None:
    spoke = a_state(
        *heartbeats(datetime(2026, 10, 24, 0, tzinfo=UTC), datetime(2026, 10, 26, 0, tzinfo=UTC), every=5 * MINUTE)
    )
    berlin = WatchedHome(home_id=a_home().home_id, version=1, timezone="Europe/Berlin")
    # On the 25th the clocks went back: seven o'clock was at six by UTC, the day before at five.
    day = datetime(2026, 10, 25, tzinfo=UTC)
    assert awake_between(spoke, berlin, day, day + 7 * HOUR) == HOUR
    assert awake_between(spoke, berlin, day - 24 * HOUR, day - 17 * HOUR) == 2 * HOUR
    assert awake_between(spoke, berlin, day - 24 * HOUR, day + 24 * HOUR) == 30 * HOUR
