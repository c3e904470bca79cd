"""A street with every kind of meter lives for a week and nothing is found; then each thing befalls a home, and is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from contracts import Finding, Reading, ReadingBatch, ReadingId, SensorId, WatchedHome, WatchedSensor, WatchPlan
from contracts.values import Heartbeat
from detectors.chunk import Chunk, apply
from detectors.gate import Gates
from homes.model import watched_home
from simulator.household import Household, Sighting, household_of, readings_between
from simulator.neighbourhood import neighbourhood
from simulator.scenes import Say
from simulator.surroundings import Befalls, plays

BEGAN = datetime(2026, 3, 1, 15, tzinfo=UTC)  # midnight in Seoul
MINUTE = timedelta(minutes=1)
METERS = (
    ("plug-stove", "power", "kitchen"),
    ("plug-tv", "power", "living"),
    ("water", "water_flow", "bathroom"),
    ("radar-bed", "vital_signs", "bedroom"),
    ("speaker", "voice", "living"),
    ("dispenser", "medication", "kitchen"),
    ("climate-kitchen", "temperature", "kitchen"),
)
OURS = {*Befalls, "detector_expired"}


def with_meters(home: WatchedHome) -> WatchedHome:
    meters = tuple(
        WatchedSensor(sensor_id=SensorId(name), kind=kind, room=room, silent_after_seconds=86_400)
        for name, kind, room in METERS
    )
    plan = WatchPlan(stoves=(SensorId("plug-stove"),))
    return structs.replace(home, sensors=(*home.sensors, *meters), plan=plan)


def homes_of(count: int) -> list[WatchedHome]:
    return [with_meters(watched_home(home)) for home in neighbourhood(count, seed=7, webhook="").homes]


def reading_of(home: WatchedHome, seen: Sighting, received_at: datetime) -> Reading:
    return Reading(
        reading_id=ReadingId(f"{home.home_id}/{seen.sensor_id}/{seen.at.isoformat()}/{seen.value}"),
        home_id=home.home_id,
        sensor_id=seen.sensor_id,
        observed_at=seen.at,
        received_at=received_at,
        value=seen.value,
        late=received_at - seen.at > 5 * MINUTE,
    )


def beats(since: datetime, until: datetime, every: timedelta) -> Iterator[Sighting]:
    for turn in range((until - since) // every):
        yield Sighting(sensor_id=SensorId("gateway"), at=since + every * turn, value=Heartbeat())


def found(home: WatchedHome, seen: Iterable[Sighting], chunk: Chunk) -> list[Finding]:
    """Let one home say what it saw, a quarter of an hour at a time."""
    findings: list[Finding] = []
    words: list[Reading] = []
    gates = Gates()
    for sighting in sorted(seen, key=lambda one: one.at):
        if words and sighting.at - words[0].observed_at > 9 * MINUTE:
            findings += heard(chunk, words, home, gates)
            words = []
        words.append(reading_of(home, sighting, sighting.at))
    return findings + (heard(chunk, words, home, gates) if words else [])


def heard(chunk: Chunk, words: Sequence[Reading], home: WatchedHome, gates: Gates) -> list[Finding]:
    homes = () if home.home_id in chunk.homes else (home,)
    batch = ReadingBatch(batched_at=words[-1].received_at, homes=homes, readings=tuple(words))
    return list(apply(chunk, batch, chunk.offset + 1, gates))


@pytest.mark.timeout(300)
def test_a_week_of_thirty_homes_with_every_meter_is_quiet() -> None:
    until = BEGAN + timedelta(days=7)
    loud: list[tuple[str, str, str]] = []
    for home in homes_of(30):
        seen = [*readings_between(household_of(home, seed=7), BEGAN, until), *beats(BEGAN, until, 5 * MINUTE)]
        loud += [
            (home.home_id, one.kind, one.evidence.sentence.en) for one in found(home, seen, Chunk()) if one.kind in OURS
        ]
    assert not loud


def acted(household: Household, scene: Befalls, now: datetime) -> Iterator[Sighting]:
    for cue in plays()[scene](household, now):
        assert isinstance(cue.act, Say)
        yield from cue.act.sightings


@pytest.mark.parametrize("scene", list(Befalls))
def test_what_befalls_a_home_is_found(scene: Befalls) -> None:
    (home,) = homes_of(1)
    now = BEGAN + timedelta(days=1, hours=15)  # three o'clock in the afternoon
    household = household_of(home, seed=7, resting=True)
    seen = list(acted(household, scene, now))
    last = max(sighting.at for sighting in seen)
    chunk = Chunk()
    findings = found(home, [*seen, *beats(last, last + 90 * MINUTE, MINUTE)], chunk)
    assert scene in {finding.kind for finding in findings}
    assert {finding.kind for finding in findings} & OURS <= {scene, *ALSO.get(scene, ())}


#: What else is true in such a home.
ALSO = {
    Befalls.RISING_HEAT: {Befalls.HOT_HOME},
    Befalls.APPLIANCE_LEFT_ON: {Befalls.POWER_FLAT},
}


@pytest.mark.parametrize("scene", list(Befalls))
def test_a_home_without_the_sensor_says_nothing_of_it(scene: Befalls) -> None:
    (home,) = homes_of(1)
    bare = structs.replace(home, sensors=tuple(one for one in home.sensors if one.kind == "motion"))
    now = BEGAN + timedelta(days=1, hours=15)
    seen = list(acted(household_of(bare, seed=7, resting=True), scene, now))
    unregistered = {finding.kind for finding in found(bare, seen, Chunk())} & OURS
    # A voice, a dose and water speak for the home, whoever registered them.
    assert unregistered <= {
        "check_unanswered",
        "medication_missed",
        "water_running",
        "appliance_left_on",
        "water_not_used",
        "vital_signs",
        "power_flat",
    }
