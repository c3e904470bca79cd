"""Watch a home: ask each detector, and tell what began, what still holds and what ended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import structs

from contracts import Finding, Hazard, Hold, HoldKind, Phase, WatchedHome
from contracts.watching import WALK_TEST
from detectors import (
    appliance_left_on,
    bathroom,
    battery_forecast,
    battery_low,
    blind_home,
    carbon_monoxide,
    check_answered,
    check_unanswered,
    clock_wrong,
    cold_home,
    decline,
    detector_expired,
    door_left_open,
    fall,
    first_activity,
    flapping_sensor,
    gas,
    gateway_silent,
    heat,
    help_button,
    hot_home,
    inactivity,
    inactivity_check,
    isolation,
    left_at_night,
    mains_lost,
    medication_missed,
    messages_lost,
    not_protected,
    out_of_bed,
    out_too_long,
    power_flat,
    rising_heat,
    self_test_failed,
    sensor_silent,
    smoke,
    stillness_reported,
    stove_left_on,
    stuck_sensor,
    tamper,
    test_missing,
    vital_signs,
    water_leak,
    water_not_used,
    water_running,
    weak_link,
)
from detectors.concern import Concern, told
from detectors.diary import keep_diary
from detectors.gate import ALWAYS, NOBODY_DUE, Detector, Gate, Wakers
from detectors.learning import learn
from detectors.nothing import NOTHING, opened
from detectors.settle import settle
from detectors.state import HomeState, Told

#: What threatens a life is judged in every home, known or not, and no hold silences it.
LIFE_SAFETY: Final[tuple[Detector, ...]] = (help_button, fall, smoke, heat, gas, carbon_monoxide)
#: Judged whenever a home speaks, by the home's own time.
BY_HOME_TIME: Final[tuple[Detector, ...]] = (
    *LIFE_SAFETY,
    water_leak,
    inactivity,
    inactivity_check,
    stillness_reported,
    sensor_silent,
    blind_home,
    battery_low,
    battery_forecast,
    weak_link,
    stuck_sensor,
    flapping_sensor,
    tamper,
    mains_lost,
    clock_wrong,
    messages_lost,
    test_missing,
    rising_heat,
    stove_left_on,
    cold_home,
    hot_home,
    door_left_open,
    appliance_left_on,
    power_flat,
    water_not_used,
    water_running,
    vital_signs,
    check_answered,
    check_unanswered,
    medication_missed,
    detector_expired,
    self_test_failed,
    bathroom,
    first_activity,
    out_of_bed,
    left_at_night,
    out_too_long,
    decline,
    isolation,
)
#: Judged as the partition's clock turns: a silent home makes no time of its own.
BY_CLOCK: Final[tuple[Detector, ...]] = (gateway_silent, not_protected)
DETECTORS: Final = BY_HOME_TIME + BY_CLOCK
WAKERS: Final = Wakers(BY_HOME_TIME)

#: What still holds is told again so often: a lost finding is healed by the next.
TELL_AGAIN: Final = timedelta(seconds=60)
#: What threatens a life is a test for the time of a walk test only, however long the hold is.
_OF_LIFE: Final = frozenset({Hazard.HELP, Hazard.FALL, Hazard.FIRE, Hazard.GAS, Hazard.CARBON_MONOXIDE})
#: Rules that a hold of any kind keeps from creating something.
PASSIVE: Final = frozenset(
    {
        Hazard.STILLNESS,
        Hazard.TEMPERATURE,
        Hazard.VITAL_SIGNS,
        Hazard.MEDICATION,
        Hazard.ABSENCE,
        Hazard.DECLINE,
    }
)
#: Rules that rest only while somebody else is in the home: an empty home with its door open or its stove on is told.
_OF_VISITS: Final = frozenset({Hazard.DOOR, Hazard.APPLIANCE})
#: Rules that rest only while somebody works on the devices.
_OF_DEVICES: Final = frozenset({Hazard.GATEWAY, Hazard.SENSOR, Hazard.POWER, Hazard.TAMPER, Hazard.PROTECTION})
_NO_HOLDS: Final[frozenset[HoldKind]] = frozenset()
_AT_WORK: Final = frozenset({HoldKind.TEST, HoldKind.MAINTENANCE})
_WITH_SOMEBODY: Final = _AT_WORK | {HoldKind.VISITOR}


def watch(
    state: HomeState, home: WatchedHome, now: datetime, detectors: tuple[Detector, ...] = BY_HOME_TIME
) -> tuple[HomeState, tuple[Finding, ...]]:
    """Judge a home that spoke, by its own time: ask every detector."""
    if not home.watched:
        state.told = NOTHING
        return state, ()
    if state.settled != home.version:
        settle(state, home)
    if state.learns_at is None or now >= state.learns_at:
        learn(state, home, now)
    keep_diary(state, home, now)
    holds = _rest(state, home, now)
    concerns = _asked(state, home, now, detectors)
    if not concerns and not state.told:
        return state, ()
    state.told = opened(state.told)
    return state, tuple(_changes(state.told, concerns, home, now, holds))


def watch_gated(
    gate: Gate, home: WatchedHome, now: datetime, woken: int, wakers: Wakers = WAKERS
) -> tuple[Finding, ...]:
    """Judge a home that spoke as `watch` does, and ask only those whose answer may have changed."""
    state = gate.state
    if not home.watched:
        state.told = NOTHING
        return ()
    if state.settled != home.version:
        settle(state, home)
    if state.learns_at is None or now >= state.learns_at:
        learn(state, home, now)
        gate.forget_dues()
    holds = _rest(state, home, now) if home.holds else _NO_HOLDS
    who = woken | gate.awake | wakers.always
    moment = now.timestamp()
    if moment >= gate.due:
        who |= _wake_by_time(gate, home, now, wakers)
    findings: tuple[Finding, ...] = ()
    if who:
        concerns = wakers.ask(gate, home, now, who & wakers.everybody)
        if concerns or state.told:
            state.told = opened(state.told)
            findings = tuple(_changes(state.told, concerns, home, now, holds))
        if findings or holds:  # what was told, and a hold that ends, may change the answer of any of them
            gate.awake = -1
    if moment >= gate.due:
        gate.due = min(gate.dues, default=NOBODY_DUE)
    gate.quiet_until = _quiet_until(gate, home, now, wakers)
    return findings


def _wake_by_time(gate: Gate, home: WatchedHome, now: datetime, wakers: Wakers) -> int:
    state = gate.state
    # The first sleeper never wakes later than the hour at which the home's day is closed.
    closes_at = state.ways.closes_at if state.ways else None
    keep_diary(state, home, now)
    if state.ways and state.ways.closes_at != closes_at:
        gate.forget_dues()
    return wakers.due_by(gate, now.timestamp())


def _quiet_until(gate: Gate, home: WatchedHome, now: datetime, wakers: Wakers) -> datetime:
    """Tell before when this home need not even be asked about, unless a reading wakes somebody."""
    state = gate.state
    if gate.awake or wakers.always or state.told_by_clock or state.learns_at is None or gate.due <= 0:
        return ALWAYS
    if home.holds and any(hold.until_at > now for hold in home.holds):
        return ALWAYS
    learns_at = state.learns_at
    return learns_at if gate.due >= learns_at.timestamp() else datetime.fromtimestamp(gate.due, UTC)


def watch_clock(state: HomeState, home: WatchedHome, now: datetime) -> tuple[HomeState, tuple[Finding, ...]]:
    """Judge whether a home is silent, by the partition's time."""
    if not home.watched:
        state.told_by_clock = NOTHING
        return state, ()
    concerns = _asked(state, home, now, BY_CLOCK)
    if not concerns and not state.told_by_clock:
        return state, ()
    state.told_by_clock = opened(state.told_by_clock)
    return state, tuple(_changes(state.told_by_clock, concerns, home, now, _holds_at(home, now)))


def _rest(state: HomeState, home: WatchedHome, now: datetime) -> frozenset[HoldKind]:
    """Note that passive watching rests, and tell what for."""
    holds = _holds_at(home, now)
    if holds and (state.rested_until is None or now > state.rested_until):
        state.rested_until = now
    return holds


def _holds_at(home: WatchedHome, now: datetime) -> frozenset[HoldKind]:
    if not home.holds:
        return _NO_HOLDS
    return frozenset(hold.kind for hold in home.holds if hold.from_at <= now < hold.until_at)


def _asked(state: HomeState, home: WatchedHome, now: datetime, detectors: tuple[Detector, ...]) -> list[Concern]:
    concerns: list[Concern] = []
    for detector in detectors:
        # Most have no concern most of the time; an empty tuple costs a test, not a loop.
        if found := detector.judge(state, home, now):
            concerns += found
    return concerns


def _changes(
    known: dict[str, Told], concerns: list[Concern], home: WatchedHome, now: datetime, holds: frozenset[HoldKind]
) -> Iterator[Finding]:
    standing = {concern.key: concern for concern in concerns}
    for key in [key for key, entry in known.items() if _is_over(entry, standing.get(key))]:
        entry = known.pop(key)
        if entry.lasting:
            yield structs.replace(entry.finding, phase=Phase.ENDED, told_at=now)
    for key, concern in standing.items():
        testing = HoldKind.TEST in holds and any(_tests(hold, concern, now) for hold in home.holds)
        phase = _phase(known.get(key), concern, now, holds, testing=testing)
        if phase is None:
            continue
        test = _is_test(known.get(key), concern, testing=testing)
        finding = told(concern, home.home_id, phase=phase, test=test, now=now)
        known[key] = Told(finding=finding, lasting=concern.lasting)
        yield finding


def _is_over(entry: Told, concern: Concern | None) -> bool:
    return concern is None or concern.since != entry.finding.since


def _tests(hold: Hold, concern: Concern, now: datetime) -> bool:
    """Tell whether somebody tests this just now; a cry of before that comes late is none."""
    if hold.kind != HoldKind.TEST or not hold.from_at <= now < hold.until_at:
        return False
    return concern.hazard not in _OF_LIFE or (now < hold.from_at + WALK_TEST and concern.since >= hold.from_at)


def _phase(
    entry: Told | None, concern: Concern, now: datetime, holds: frozenset[HoldKind], *, testing: bool
) -> Phase | None:
    if entry is None:
        return None if _suppressed(concern, holds) else Phase.BEGAN
    worse = concern.severity.rank < entry.finding.severity.rank
    real = entry.finding.test and not _is_test(entry, concern, testing=testing)
    return Phase.HOLDS if worse or real or now - entry.finding.told_at >= TELL_AGAIN else None


def _is_test(entry: Told | None, concern: Concern, *, testing: bool) -> bool:
    """Tell whether it is a test: what began before the test is none, and what outlasts it is none any more."""
    if entry is None:
        return testing
    return entry.finding.test and (testing or not concern.lasting)


def _suppressed(concern: Concern, holds: frozenset[HoldKind]) -> bool:
    if not holds:
        return False
    if concern.hazard in _OF_VISITS:
        return bool(holds & _WITH_SOMEBODY)
    return concern.hazard in PASSIVE or (concern.hazard in _OF_DEVICES and bool(holds & _AT_WORK))
