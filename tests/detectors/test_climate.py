"""Too cold, too hot, burning: what the air of a home says, for how long, and where it says nothing."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Finding, Hazard, Hold, HoldKind, Phase, Reading, Severity, WatchedHome, WatchPlan
from contracts.values import Motion, Temperature
from detectors.remember import remember
from detectors.state import HomeState
from detectors.watch import watch
from tests.detectors.values import NOON, a_heartbeat, a_home, a_reading, a_sensor, a_state, heartbeats, live

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
CLIMATE = {"cold_home", "hot_home", "rising_heat"}
LIVING = a_sensor("climate", "temperature", "living")


def home_with(*rooms: str, holds: Sequence[Hold] = (), plan: WatchPlan | None = None) -> WatchedHome:
    return a_home(sensors=[a_sensor(room, "temperature", room) for room in rooms], holds=holds, plan=plan)


def air(celsius: float, first: int, last: int, *, every: int = 10, room: str = "living") -> list[Reading]:
    """Measure the air from one minute to another, while the gateway's heart beats."""
    words = [
        a_reading(Temperature(celsius=celsius), at=NOON + MINUTE * minute, sensor=room)
        for minute in range(first, last + 1, every)
    ]
    return [*heartbeats(NOON + MINUTE * first, NOON + MINUTE * (last + every - 1)), *words]


def told(home: WatchedHome, story: Sequence[Reading], state: HomeState | None = None) -> list[Finding]:
    findings = live(HomeState() if state is None else state, home, sorted(story, key=lambda one: one.observed_at))
    return [finding for finding in findings if finding.kind in CLIMATE]


def steps(findings: Sequence[Finding]) -> list[tuple[str, Phase, Severity]]:
    """Tell what changed, and not what was told again."""
    seen: list[tuple[str, Phase, Severity]] = []
    for finding in findings:
        worse = all((finding.kind, finding.severity) != (kind, severity) for kind, _, severity in seen)
        if finding.phase is not Phase.HOLDS or worse:
            seen.append((finding.kind, finding.phase, finding.severity))
    return seen


@pytest.mark.parametrize(
    ("celsius", "minutes", "kind", "severity"),
    [
        (15.9, 120, "cold_home", Severity.NOTICE),
        (11.9, 60, "cold_home", Severity.CAUTION),
        (11.9, 240, "cold_home", Severity.URGENT),
        (28.1, 180, "hot_home", Severity.NOTICE),
        (30.1, 120, "hot_home", Severity.CAUTION),
        (35.1, 30, "hot_home", Severity.URGENT),
    ],
)
def test_a_limit_is_told_when_its_time_is_reached(celsius: float, minutes: int, kind: str, severity: Severity) -> None:
    home = home_with("living")
    before = told(home, air(celsius, 0, minutes - 1, every=1))
    assert all(finding.severity is not severity for finding in before)
    findings = told(home, air(celsius, 0, minutes, every=1))
    assert findings[-1].severity is severity and findings[-1].kind == kind
    assert {finding.hazard for finding in findings} == {Hazard.TEMPERATURE}
    evidence = findings[-1].evidence
    assert evidence.rule == f"{kind}/1" and evidence.limit == evidence.values["lasting_seconds"] == minutes * 60.0
    assert evidence.sensor_id == evidence.room == "living" and len(evidence.readings) == 1


def test_it_says_how_cold_it_is_and_what_the_limit_was() -> None:
    first = told(home_with("living"), air(11.2, 0, 60))[0]
    assert first.evidence.sentence.ko == "실내 11.2°C · 12°C 미만 1시간 · 한계 1시간 · living"
    assert first.evidence.sentence.en == "11.2 °C indoors · below 12 °C for 1 h · limit 1 h · living"


@pytest.mark.parametrize("celsius", [16.0, 28.0])
def test_the_limit_itself_is_still_well(celsius: float) -> None:
    assert not told(home_with("living"), air(celsius, 0, 600))


def test_it_ends_one_degree_inside_the_limit() -> None:
    cold = air(15.0, 0, 120)
    assert steps(told(home_with("living"), [*cold, *air(16.9, 130, 400)])) == [
        ("cold_home", Phase.BEGAN, Severity.NOTICE)
    ]
    assert steps(told(home_with("living"), [*cold, *air(17.0, 130, 140)])) == [
        ("cold_home", Phase.BEGAN, Severity.NOTICE),
        ("cold_home", Phase.ENDED, Severity.NOTICE),
    ]


def test_a_home_that_grows_colder_grows_worse_and_stays_the_same_case() -> None:
    findings = told(home_with("living"), [*air(14.0, 0, 120), *air(11.0, 130, 500)])
    assert [severity for _, _, severity in steps(findings)] == [Severity.NOTICE, Severity.CAUTION, Severity.URGENT]
    assert len({finding.finding_id for finding in findings}) == 1


def test_one_word_of_a_broken_sensor_is_no_hour() -> None:
    jump = [*air(21.0, 0, 60), *air(-19.0, 121, 121), *air(21.0, 130, 200)]
    assert not told(home_with("living"), [*jump, *heartbeats(NOON, NOON + 5 * HOUR)])
    alone = [*air(21.0, 0, 60), *air(5.0, 120, 120)]
    assert not told(home_with("living"), [*alone, *heartbeats(NOON, NOON + 9 * HOUR)])


def test_a_sensor_that_speaks_every_fifty_minutes_is_believed_between_its_words() -> None:
    (first, *_) = told(home_with("living"), [*air(21.0, 0, 0, every=51), *air(11.0, 51, 153, every=51)])
    assert (first.severity, first.since) == (Severity.CAUTION, NOON + 50 * MINUTE)


def test_a_silence_of_hours_between_two_cold_words_is_no_cold() -> None:
    assert not told(home_with("living"), [*air(11.0, 0, 0), *heartbeats(NOON, NOON + 4 * HOUR), *air(11.0, 230, 240)])


def test_the_warmest_room_decides_because_one_can_go_there() -> None:
    home = home_with("living", "bathroom")
    assert not told(home, [*air(11.0, 0, 300, room="bathroom"), *air(20.0, 0, 300)])
    (first, *_) = told(home, [*air(11.0, 0, 300, room="bathroom"), *air(20.0, 0, 60), *air(11.5, 65, 300, every=5)])
    assert (first.since, first.evidence.room) == (NOON + 65 * MINUTE, "living")


@pytest.mark.parametrize("room", ["balcony", "베란다", "Kimchi fridge", "outdoor", "냉장고", "실외"])
def test_the_air_of_a_place_that_nobody_lives_in_does_not_count(room: str) -> None:
    home = home_with(room)
    assert not told(home, [*air(2.0, 0, 400, room=room), *air(62.0, 410, 900, room=room)])


def test_neither_does_a_plug_nor_a_sensor_that_nobody_registered() -> None:
    home = a_home(sensors=[a_sensor("plug", "power", "kitchen")])
    assert not told(home, [*air(70.0, 0, 300, room="plug"), *air(3.0, 0, 300, room="stranger")])


def test_an_outage_of_ours_of_two_hours_makes_no_cold() -> None:
    story = [*air(21.0, 0, 10), *air(11.0, 20, 30), *air(11.0, 150, 180)]
    assert not told(home_with("living"), story)


def test_late_words_say_how_old_they_are_and_cancel_nothing() -> None:
    home = home_with("living")
    late = [msgspec.structs.replace(one, received_at=NOON + 3 * HOUR, late=True) for one in air(11.0, 0, 60)]
    first = told(home, late)[0]
    assert first.late and first.evidence.sentence.ko.endswith("2시간 늦게 도착")
    state = HomeState()
    assert steps(told(home, air(11.0, 0, 60), state)) == [("cold_home", Phase.BEGAN, Severity.CAUTION)]
    warm = a_reading(Temperature(celsius=18.0), at=NOON + 61 * MINUTE, sensor="living", late_by=HOUR)
    assert all(finding.phase is Phase.HOLDS for finding in told(home, [warm, a_heartbeat(NOON + 63 * MINUTE)], state))


def test_nobody_is_told_of_the_cold_in_an_empty_home_and_fire_is_told_there_too() -> None:
    away = Hold(kind=HoldKind.AWAY, from_at=NOON, until_at=NOON + 9 * HOUR)
    home = home_with("living", holds=[away])
    assert not told(home, air(5.0, 0, 500))
    fire = told(home, air(61.0, 0, 0))[0]
    assert (fire.kind, fire.hazard, fire.severity) == ("rising_heat", Hazard.FIRE, Severity.URGENT)


def test_a_home_may_have_limits_of_its_own() -> None:
    home = home_with("living", plan=WatchPlan(cold_notice_celsius=20, cold_notice_seconds=600))
    assert told(home, air(19.0, 0, 20))[0].kind == "cold_home"


def test_air_that_rises_by_eight_degrees_within_a_minute_is_a_suspicion_of_fire() -> None:
    home = home_with("kitchen")
    assert not told(home, [*air(22.0, 0, 0, room="kitchen"), *air(29.9, 1, 1, room="kitchen")])
    fire = told(home, [*air(22.0, 0, 0, room="kitchen"), *air(30.0, 1, 1, room="kitchen")])[0]
    assert fire.evidence.sentence.ko == "화재 의심: 실내 30.0°C · 1분에 8.0°C 상승 · 한계 8°C · kitchen"
    assert fire.evidence.values == {"celsius": 30.0, "rise_per_minute": 8.0}
    assert not told(home, [*air(22.0, 0, 0, room="kitchen"), *air(45.0, 10, 10, room="kitchen")])


def test_sixty_degrees_are_a_suspicion_at_once_and_hold_until_the_air_is_cool_again() -> None:
    home = home_with("kitchen")
    hot = air(60.0, 0, 0, room="kitchen")
    assert not told(home, air(59.9, 0, 0, room="kitchen"))
    assert steps(told(home, [*hot, *air(41.0, 10, 60, room="kitchen"), *air(27.0, 61, 61, room="kitchen")])) == [
        ("rising_heat", Phase.BEGAN, Severity.URGENT),
        ("hot_home", Phase.BEGAN, Severity.URGENT),
        ("rising_heat", Phase.ENDED, Severity.URGENT),
        ("hot_home", Phase.ENDED, Severity.URGENT),
    ]


def test_a_probe_that_was_just_switched_on_must_say_it_twice() -> None:
    home = home_with("kitchen", plan=WatchPlan(fire_rise_celsius=90))
    assert not told(home, [*air(21.0, 0, 10, room="kitchen"), *air(85.0, 20, 20, room="kitchen")])
    assert told(home, [*air(21.0, 0, 10, room="kitchen"), *air(85.0, 20, 30, room="kitchen")])


@st.composite
def days(draw: st.DrawFn) -> list[Reading]:
    """Draw a day of air in which the gateway speaks, and a sensor as it likes."""
    story = [a_heartbeat(NOON + 5 * MINUTE * turn) for turn in range(draw(st.integers(1, 120)))]
    for _ in range(draw(st.integers(0, 40))):
        minute = draw(st.integers(0, 600))
        celsius = draw(st.sampled_from([5.0, 11.5, 12.0, 15.9, 16.5, 21.0, 28.5, 29.5, 31.0, 36.0]))
        story.append(a_reading(Temperature(celsius=celsius), at=NOON + minute * MINUTE, sensor="living"))
    return story


@settings(max_examples=60)
@given(days().flatmap(lambda story: st.tuples(st.just(story), st.permutations(story * 2))))
def test_order_and_repeats_change_nothing_of_what_is_found(stories: tuple[list[Reading], list[Reading]]) -> None:
    once, shuffled = (a_state(*story) for story in stories)
    home = home_with("living")
    assert once.watermark is not None
    assert watch(once, home, once.watermark)[1] == watch(shuffled, home, once.watermark)[1]


@settings(max_examples=60)
@given(days())
def test_nothing_is_told_that_was_not_measured_for_its_time(story: list[Reading]) -> None:
    words = sorted(story, key=lambda one: one.observed_at)
    for finding in told(home_with("living"), words):
        lasting = finding.evidence.values.get("lasting_seconds")
        if finding.phase is Phase.BEGAN and isinstance(lasting, float):
            assert finding.evidence.limit is not None and lasting >= finding.evidence.limit


def test_a_worker_that_was_restarted_goes_on_where_the_other_was() -> None:
    home, story = home_with("living"), sorted(air(11.0, 0, 120), key=lambda one: one.observed_at)
    whole = told(home, story)
    state = HomeState()
    findings: list[Finding] = []
    for reading in story:
        state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=HomeState)
        remember(state, reading)
        assert state.watermark is not None
        findings += watch(state, home, state.watermark)[1]
    assert [one for one in findings if one.kind in CLIMATE] == whole


def test_a_home_without_a_thermometer_says_nothing_of_its_air() -> None:
    assert not told(a_home(sensors=[LIVING]), [a_reading(Motion(active=True)), *heartbeats(NOON, NOON + HOUR)])
