"""The repertoire: whatever can be played in a street leads to its finding when a gateway tells it, late or at once.

The silent scene of every detector is life as usual: a week of homes with every meter, in which nothing is found.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from contracts import (
    Finding,
    Phase,
    Reading,
    ReadingBatch,
    ReadingId,
    SensorId,
    WatchedHome,
    WatchedSensor,
    kind_of,
)
from contracts.values import Heartbeat
from detectors.chunk import Chunk, apply
from detectors.gate import Gates
from detectors.replay.thoughts import Moment, Mood, think
from detectors.watch import DETECTORS
from ingest.files import load_profiles
from ingest.intake import Limits, take_in
from ingest.learned import Learned
from ingest.message import GatewayMessage
from simulator.cries import Cries
from simulator.dialects import Dialect, spoken
from simulator.household import Household, Sighting, household_of, readings_between
from simulator.repertoire import NAMES, Playable, cues, finding_of, named
from simulator.scenes import Cut, Mute, Say, SceneName
from simulator.surroundings import Befalls
from simulator.web import BESIDE, KOREAN
from tests.house.test_floors import ROOT
from tests.simulation.test_what_befalls_homes import homes_of

LIMITS = Limits(largest_payload_bytes=262_144, late_after=timedelta(minutes=5))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: Noon in Seoul, and midnight for what happens at night.
NOON = datetime(2026, 3, 3, 3, tzinfo=UTC)
AT_NIGHT = {SceneName.NIGHT_DOOR, Cries.OUT_OF_BED}
#: Detectors that no play can show: they need weeks of a life, a plan of their own, or a gateway that is wrong itself.
UNPLAYED = {
    "inactivity_check": "a plan that asks for soft checks",
    "detector_expired": "a plan that says when devices were made",
    "clock_wrong": "a gateway whose clock is wrong",
    "messages_lost": "a gateway that loses messages",
    "weak_link": "days of a weak link",
    "battery_forecast": "weeks of a battery",
    "decline": "eight weeks of a life",
    "isolation": "twelve weeks of a life",
}


def a_full_home() -> WatchedHome:
    (home,) = homes_of(1)
    bed = WatchedSensor(sensor_id=SensorId("bed"), kind="occupancy", room="bedroom", silent_after_seconds=86_400)
    others = tuple(one for one in home.sensors if one.sensor_id != "bed")
    return structs.replace(home, sensors=(*others, bed))


def came(home: WatchedHome, seen: Sighting, at: datetime) -> Reading:
    return Reading(
        reading_id=ReadingId(f"{seen.sensor_id}/{seen.at.isoformat()}/{seen.value}"),
        home_id=home.home_id,
        sensor_id=seen.sensor_id,
        observed_at=seen.at,
        received_at=at,
        value=seen.value,
        late=at - seen.at > 5 * MINUTE,
    )


def words(household: Household, name: Playable, now: datetime) -> Iterator[tuple[datetime, Sighting]]:
    """Tell what comes when: the home's devices for some hours before and after, and the play's cues."""
    cuts: list[tuple[datetime, datetime]] = []
    muted: tuple[SensorId, ...] = ()
    for cue in cues(name, [household], now):
        match cue.act:
            case Say(sightings=sightings):
                yield from ((now + cue.after, one) for one in sightings)
            case Cut(lasts=lasts):
                cuts.append((now + cue.after, now + cue.after + lasts))
            case Mute(sensors=muted):
                pass
    since, until = now - 26 * HOUR, now + 2 * HOUR
    beats = [
        Sighting(sensor_id=SensorId("gateway"), at=since + 2 * MINUTE * turn, value=Heartbeat())
        for turn in range((until - since) // (2 * MINUTE))
    ]
    for one in (*readings_between(household, since, until), *beats):
        silent = one.sensor_id in muted and one.at >= now
        if not silent and not any(began <= one.at < ended for began, ended in cuts):
            yield one.at, one


def lived(home: WatchedHome, name: Playable, now: datetime) -> tuple[list[Finding], Moment | None]:
    """Let a home live through a play; tell what was found, and what was thought when it was found first."""
    household, chunk, gates = household_of(home, seed=7, resting=True), Chunk(), Gates()
    coming: dict[datetime, list[Reading]] = {}
    for at, one in words(household, name, now):
        coming.setdefault(at, []).append(came(home, one, at))
    looks = [now + timedelta(seconds=15 * turn) for turn in range(480)]
    found: list[Finding] = []
    moment = None
    for at in sorted({*coming, *looks}):
        homes = () if chunk.homes else (home,)
        batch = ReadingBatch(batched_at=at, homes=homes, readings=tuple(sorted(coming.get(at, ()), key=_moment)))
        told = [one for one in apply(chunk, batch, chunk.offset + 1, gates) if one.kind == finding_of(name)]
        found += told
        if moment is None and told and at >= now:
            moment = think(chunk, home, at)
    return found, moment


def _moment(reading: Reading) -> datetime:
    return reading.observed_at


# A storm is a press or a cut in each of its homes.
@pytest.mark.parametrize("name", [name for name in NAMES if name != SceneName.FLOOD])
def test_whatever_is_played_is_found_once_and_explained(name: Playable) -> None:
    told, moment = lived(a_full_home(), name, NOON + 12 * HOUR if name in AT_NIGHT else NOON)
    begun = [one.since for one in told if one.phase is Phase.BEGAN]
    assert begun and len(begun) == len(set(begun)), "it is not found, or it comes and goes"
    assert moment is not None
    thought = next(one for one in moment.thoughts if one.detector == finding_of(name))
    assert thought.mood is Mood.CONCERNED
    assert any(look.left is not None and look.left <= 0 for look in thought.looks)


def test_every_detector_can_be_watched_or_says_what_it_needs() -> None:
    names = {detector.__name__.split(".")[-1] for detector in DETECTORS}
    played = {finding_of(name) for name in NAMES}
    assert played - names == set()
    assert names - played == set(UNPLAYED)


def test_every_play_has_a_name_on_the_stage() -> None:
    assert set(KOREAN) | set(BESIDE) == set(NAMES)
    assert named("cold_home") is Befalls.COLD_HOME
    assert named("tea") is None


def test_the_page_names_every_detector_and_every_play() -> None:
    page = (ROOT / "docs" / "how-to" / "watch-a-detector.md").read_text()
    detectors = {detector.__name__.split(".")[-1] for detector in DETECTORS}
    assert not [name for name in {*detectors, *NAMES} if f"`{name}`" not in page]


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_played_is_understood_in_every_dialect(name: Playable, dialect: Dialect) -> None:
    home, now = a_full_home(), NOON
    said = [
        one
        for cue in cues(name, [household_of(home, seed=7)], now)
        if isinstance(cue.act, Say)
        for one in _few(cue.act)
    ]
    known, learned = {str(home.home_id): home}, Learned(profiles=load_profiles())
    heard = [
        reading.value
        for message in spoken(home.home_id, dialect, said, session=1, seq=1)
        for reading in take_in(
            GatewayMessage(topic=message.topic, payload=message.payload, received_at=now), known, LIMITS, learned
        ).readings
    ]
    assert [kind_of(value) for value in heard] == [kind_of(one.value) for one in said]


def _few(act: Say) -> list[Sighting]:
    """Take the sightings that are no heartbeats; a few of many."""
    return [one for one in act.sightings if not isinstance(one.value, Heartbeat)][-8:]
