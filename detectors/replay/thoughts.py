"""What every detector thinks of a home at a moment: its concern, or why it has none and how far it is from one."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts import Finding, HomeId, Phase, Reading, ReadingBatch, ReadingId, SensorId, WatchedHome
from contracts.values import Heartbeat
from detectors.checkpoints import decode_chunk, encode_chunk
from detectors.chunk import LOOK_EVERY, Chunk
from detectors.concern import Concern
from detectors.gate import Detector
from detectors.inactivity import ACTIVITY_KINDS
from detectors.looking import REASONS, Look, Looking, Why
from detectors.replay.flow import run
from detectors.rooms import AIR_KINDS
from detectors.state import HomeState
from detectors.watch import BY_CLOCK, DETECTORS

#: So far ahead it is asked what would be found if only the gateway went on to speak, or if it fell silent.
AHEAD: Final = timedelta(hours=26)
SILENT_AHEAD: Final = timedelta(hours=1)
_BEAT: Final = timedelta(seconds=60)
#: A home that was not heard for so long is not observed.
_UNHEARD: Final = timedelta(minutes=5)
_MOVES: Final = frozenset({"motion", "presence", "contact", "water_flow", "medication"})
_ANYTHING: Final[frozenset[str]] = frozenset()
#: What a home must have one of for a detector to see anything; those that need no sensor of their own ask for nothing.
NEEDS: Final[Mapping[str, frozenset[str]]] = {
    "help_button": frozenset({"help_button", "voice"}),
    "smoke": frozenset({"smoke"}),
    "heat": frozenset({"heat"}),
    "gas": frozenset({"gas"}),
    "carbon_monoxide": frozenset({"carbon_monoxide"}),
    "fall": frozenset({"fall"}),
    "water_leak": frozenset({"water_leak"}),
    "inactivity": ACTIVITY_KINDS,
    "inactivity_check": ACTIVITY_KINDS,
    "stillness_reported": frozenset({"stillness"}),
    "blind_home": ACTIVITY_KINDS,
    "vital_signs": frozenset({"vital_signs"}),
    "check_answered": frozenset({"voice"}),
    "check_unanswered": frozenset({"voice"}),
    "medication_missed": frozenset({"medication"}),
    "door_left_open": frozenset({"contact"}),
    "cold_home": AIR_KINDS,
    "hot_home": AIR_KINDS,
    "rising_heat": AIR_KINDS,
    "water_running": frozenset({"water_flow"}),
    "water_not_used": frozenset({"water_flow"}),
    "power_flat": frozenset({"power"}),
    "appliance_left_on": frozenset({"power"}),
    "stove_left_on": frozenset({"power"}),
    "bathroom": _MOVES,
    "first_activity": _MOVES | {"occupancy"},
    "out_of_bed": frozenset({"occupancy"}),
    "left_at_night": frozenset({"contact"}),
    "out_too_long": frozenset({"contact"}),
    "decline": _MOVES | {"occupancy"},
    "isolation": frozenset({"contact"}),
    "stuck_sensor": frozenset({"motion"}) | AIR_KINDS,
    "flapping_sensor": frozenset({"contact", "occupancy", "water_leak", "tamper"}),
    # What any device may say of itself.
    **dict.fromkeys(("sensor_silent", "battery_low", "battery_forecast", "weak_link", "tamper"), _ANYTHING),
    **dict.fromkeys(("detector_expired", "self_test_failed"), _ANYTHING),
    # What the gateway says, or does not say.
    **dict.fromkeys(("mains_lost", "clock_wrong", "messages_lost", "test_missing"), _ANYTHING),
    **dict.fromkeys(("gateway_silent", "not_protected"), _ANYTHING),
}


class Mood(StrEnum):
    """What a detector makes of it."""

    CONCERNED = "concerned"
    #: It is concerned, and a hold keeps it from being told.
    HELD_BACK = "held_back"
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Thought:
    """One detector at a moment."""

    detector: str
    mood: Mood
    concerns: tuple[Concern, ...] = ()
    looks: tuple[Look, ...] = ()
    #: Why it is silent.
    why: Why | None = None
    #: What it would tell first if nothing but heartbeats came, or nothing at all: with the limit in force.
    next_told: Finding | None = None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A home at a moment."""

    home_id: HomeId
    at: datetime
    #: The newest moment that the home spoke of; None: it never did.
    watermark: datetime | None
    holds: tuple[str, ...]
    thoughts: tuple[Thought, ...] = field(default=())


def think(chunk: Chunk, home: WatchedHome, at: datetime) -> Moment:
    """Ask every detector of what it is at a moment; the chunk has lived until then."""
    state = chunk.states.get(home.home_id) or HomeState()
    state.unheard_for = chunk.listened - state.listened_at
    holds = tuple(str(hold.kind) for hold in home.holds if hold.from_at <= at < hold.until_at)
    ahead = _ahead(chunk, home, at)
    thoughts = (_thought(one, state, home, at) for one in DETECTORS)
    return Moment(
        home_id=home.home_id,
        at=at,
        watermark=state.watermark,
        holds=holds,
        thoughts=tuple(replace(thought, next_told=ahead.get(thought.detector)) for thought in thoughts),
    )


def _thought(detector: Detector, state: HomeState, home: WatchedHome, at: datetime) -> Thought:
    name = detector.__name__.split(".")[-1]
    if not home.watched:
        return Thought(detector=name, mood=Mood.SILENT, why=Why.OUT_OF_SERVICE)
    by_clock = any(detector is one for one in BY_CLOCK)
    now = at if by_clock else state.watermark
    if now is None:
        return Thought(detector=name, mood=Mood.SILENT, why=Why.NEVER_HEARD)
    looks = detector.look(state, home, now) if isinstance(detector, Looking) else ()
    concerns = detector.judge(state, home, now)
    if concerns:
        told = state.told_by_clock if by_clock else state.told
        known = any(concern.key in told for concern in concerns)
        return Thought(detector=name, mood=Mood.CONCERNED if known else Mood.HELD_BACK, concerns=concerns, looks=looks)
    unheard = not by_clock and state.unheard_for >= _UNHEARD
    return Thought(detector=name, mood=Mood.SILENT, looks=looks, why=_why(name, home, looks, unheard=unheard))


def _why(name: str, home: WatchedHome, looks: tuple[Look, ...], *, unheard: bool) -> Why:
    needs = NEEDS[name]
    if needs and not any(sensor.kind in needs for sensor in home.sensors):
        return Why.NO_SENSOR
    reasons = {look.why for look in looks}
    if len(reasons) == 1 and (reason := next(iter(reasons))):
        return reason
    if unheard:
        return Why.NOT_OBSERVED
    return Why.BELOW_LIMIT if looks else Why.NOTHING_SEEN


def _ahead(chunk: Chunk, home: WatchedHome, at: datetime) -> dict[str, Finding]:
    """Look ahead twice: the gateway goes on and nothing else does, and the gateway falls silent."""
    first: dict[str, Finding] = {}
    speaking, silent = _alone(chunk, home), _alone(chunk, home)
    for finding in (*run(speaking, _beats(home.home_id, at)), *run(silent, _quiet(at))):
        if finding.phase is Phase.BEGAN:
            first.setdefault(finding.kind, finding)
    return first


def _alone(chunk: Chunk, home: WatchedHome) -> Chunk:
    state = chunk.states.get(home.home_id) or HomeState(listened_at=chunk.listened)
    alone = Chunk(
        batched_at=chunk.batched_at, listened=chunk.listened, homes={home.home_id: home}, states={home.home_id: state}
    )
    # Its own copy: what is asked of the future must change nothing of the present.
    return decode_chunk(encode_chunk(alone)) or alone


def _beats(home_id: HomeId, at: datetime) -> Iterator[ReadingBatch]:
    for number in range(1, AHEAD // _BEAT + 1):
        then = at + _BEAT * number
        beat = Reading(
            reading_id=ReadingId(f"ahead-{number}"),
            home_id=home_id,
            sensor_id=SensorId("gateway"),
            observed_at=then,
            received_at=then,
            value=Heartbeat(),
        )
        yield ReadingBatch(batched_at=then, readings=(beat,))


def _quiet(at: datetime) -> Iterator[ReadingBatch]:
    for number in range(1, SILENT_AHEAD // LOOK_EVERY + 1):
        yield ReadingBatch(batched_at=at + LOOK_EVERY * number)


def as_told(moment: Moment) -> dict[str, object]:
    """Say a moment for a program, sentences in both languages."""
    return {
        "home_id": moment.home_id,
        "at": moment.at,
        "watermark": moment.watermark,
        "holds": moment.holds,
        "detectors": [
            {
                "detector": each.detector,
                "mood": each.mood,
                "why": each.why,
                "reason": REASONS[each.why] if each.why else None,
                "concerns": [
                    {"severity": one.severity, "since": one.since, "about": one.about, "evidence": one.evidence}
                    for one in each.concerns
                ],
                "looks": [asdict(look) | {"left": look.left} for look in each.looks],
                "next_told": each.next_told,
            }
            for each in moment.thoughts
        ],
    }
