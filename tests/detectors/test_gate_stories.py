"""Each detector has a story that it tells alike asleep and awake, and that is lost when its gate sleeps too long."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import groupby
from random import Random
from typing import Final

import msgspec
import pytest
from msgspec import structs

from contracts import Finding, Phase, Reading
from contracts.values import Heartbeat
from detectors.gate import Detector, Gate, Wakers
from detectors.remember import remember
from detectors.state import HomeState
from detectors.watch import BY_CLOCK, BY_HOME_TIME, DETECTORS, WAKERS, watch, watch_gated
from tests.detectors.gate_stories import STORIES, Story
from tests.detectors.values import a_heartbeat

Batches = Sequence[Sequence[Reading]]
NOTHING: Final[frozenset[type]] = frozenset()


def name_of(detector: Detector) -> str:
    return detector.__name__.rpartition(".")[2]


def story_of(detector: Detector) -> Story:
    name = name_of(detector)
    assert name in STORIES, (
        f"{name} has no story: add one to tests/detectors/gate_stories.py in which its finding begins, holds and ends, "
        "so that its WAKES_ON and due are known to miss nothing"
    )
    return STORIES[name]


def arrivals(story: Story) -> list[Reading]:
    """Let the gateway's heart beat before and between the words, in the order in which all of it reaches us."""
    beats = range((story.until - story.beats_from) // story.beats_every + 1)
    first = min([story.beats_from, *(word.observed_at for word in story.words)])
    heard = [
        a_heartbeat(first - timedelta(seconds=30)),
        *story.words,
        *(a_heartbeat(story.beats_from + story.beats_every * turn) for turn in beats),
    ]
    return sorted(heard, key=lambda one: one.received_at)


def beats(reading: Reading) -> bool:
    return type(reading.value) is Heartbeat


def one_by_one(story: Story) -> Batches:
    return [[one] for one in arrivals(story)]


def by_seven(story: Story) -> Batches:
    """Let the word that wakes it come in one batch with its deadline, or with what ends it."""
    said = arrivals(story)
    return [said[first : first + 7] for first in range(0, len(said), 7)]


def with_the_deadline(story: Story) -> Batches:
    """Let each word wait for the heartbeats after it."""
    batches: list[list[Reading]] = [[]]
    for one in arrivals(story):
        batches[-1].append(one)
        if beats(one):
            batches.append([])
    return [batch for batch in batches if batch]


def heartbeats_alone(story: Story) -> Batches:
    """Cut so that a batch holds words, or up to nine heartbeats and nothing else."""
    said = groupby(enumerate(arrivals(story)), key=lambda one: (beats(one[1]), one[0] // 9))
    return [[one for _, one in batch] for _, batch in said]


def late(story: Story, *delays: timedelta) -> Story:
    """Let its words come late and in another order."""
    delayed = [
        structs.replace(one, received_at=one.observed_at + delays[turn % len(delays)], late=True)
        for turn, one in enumerate(story.words)
    ]
    return replace(story, words=delayed)


def behind(story: Story) -> Batches:
    """Let its words come half a minute too late to be in order, and not late enough to be called so."""
    delayed = [
        structs.replace(one, received_at=one.observed_at + timedelta(seconds=(95, 25, 50)[turn % 3]))
        for turn, one in enumerate(story.words)
    ]
    return one_by_one(replace(story, words=delayed))


def some_minutes_late(story: Story) -> Batches:
    return one_by_one(late(story, timedelta(minutes=21), timedelta(minutes=9), timedelta(minutes=38)))


def hours_late(story: Story) -> Batches:
    return by_seven(late(story, timedelta(hours=2), timedelta(minutes=31)))


def only_the_last_late(story: Story) -> Batches:
    """Let what wakes it come late, after what put it to sleep came in time."""
    first, last = story.words[: len(story.words) // 2], story.words[len(story.words) // 2 :]
    return one_by_one(replace(story, words=[*first, *late(replace(story, words=last), timedelta(minutes=40)).words]))


CUTS: Final[tuple[Callable[[Story], Batches], ...]] = (
    one_by_one,
    by_seven,
    with_the_deadline,
    heartbeats_alone,
    behind,
    some_minutes_late,
    hours_late,
    only_the_last_late,
)


def asked_always(story: Story, batches: Batches, detectors: tuple[Detector, ...] = BY_HOME_TIME) -> list[Finding]:
    state, findings = story.before(), list[Finding]()
    for batch in batches:
        for reading in batch:
            remember(state, reading)
        assert state.watermark is not None
        findings += watch(state, story.home, state.watermark, detectors)[1]
    return findings


def asleep(story: Story, batches: Batches, wakers: Wakers = WAKERS, *, restarts: int = 0) -> list[Finding]:
    """Ask through the gate; the worker may start anew from its snapshot every few batches."""
    gate, findings = Gate(state=story.before()), list[Finding]()
    for turn, batch in enumerate(batches, start=1):
        woken = 0
        for reading in batch:
            remember(gate.state, reading)
            woken |= wakers.woken_by(reading)
        assert gate.state.watermark is not None
        findings += watch_gated(gate, story.home, gate.state.watermark, woken, wakers)
        if restarts and turn % restarts == 0:
            gate = Gate(state=restored(gate.state))
    return findings


def restored(state: HomeState) -> HomeState:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=HomeState)


@pytest.mark.parametrize("detector", DETECTORS, ids=name_of)
def test_each_detector_has_a_story(detector: Detector) -> None:
    if detector not in BY_CLOCK:
        assert story_of(detector).words is not None


@cache
def heard(name: str, cut: Callable[[Story], Batches]) -> tuple[Finding, ...]:
    return tuple(asked_always(STORIES[name], cut(STORIES[name])))


@pytest.mark.parametrize("detector", BY_HOME_TIME, ids=name_of)
def test_its_finding_begins_holds_and_ends(detector: Detector) -> None:
    story, name = story_of(detector), name_of(detector)
    phases = [one.phase for one in heard(name, one_by_one) if one.kind == name]
    assert phases[:2] == [Phase.BEGAN, Phase.HOLDS]
    assert (phases[-1] is Phase.ENDED) == story.ends


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.__name__)
@pytest.mark.parametrize("detector", BY_HOME_TIME, ids=name_of)
def test_who_sleeps_tells_the_same(detector: Detector, cut: Callable[[Story], Batches]) -> None:
    story = story_of(detector)
    # What another one tells wakes everybody: alone, it has nobody to wake it.
    assert asleep(story, cut(story), Wakers((detector,))) == asked_always(story, cut(story), (detector,))


@pytest.mark.parametrize("cut", [by_seven, some_minutes_late], ids=lambda cut: cut.__name__)
@pytest.mark.parametrize("detector", BY_HOME_TIME, ids=name_of)
def test_all_of_them_together_tell_the_same(detector: Detector, cut: Callable[[Story], Batches]) -> None:
    story = story_of(detector)
    assert asleep(story, cut(story)) == list(heard(name_of(detector), cut))


@pytest.mark.parametrize("detector", BY_HOME_TIME, ids=name_of)
def test_a_worker_that_starts_anew_has_an_empty_gate_and_tells_the_same(detector: Detector) -> None:
    story = story_of(detector)
    assert asleep(story, one_by_one(story), restarts=17) == list(heard(name_of(detector), one_by_one))


def delayed(word: Reading, dice: Random) -> Reading:
    """Let a word be behind; from five minutes on it is called late."""
    by = timedelta(seconds=dice.choice([0, 0, 40, 290, 400, 1800, 30_000]))
    return structs.replace(word, received_at=word.observed_at + by, late=by > timedelta(minutes=5))


def cut_anyhow(readings: Sequence[Reading], dice: Random) -> Batches:
    most, batches, rest = dice.choice([1, 3, 20]), list[Sequence[Reading]](), list(readings)
    while rest:
        size = dice.randint(1, most)
        batches.append(rest[:size])
        del rest[:size]
    return batches


@pytest.mark.parametrize("detector", BY_HOME_TIME, ids=name_of)
def test_words_that_are_lost_delayed_and_cut_anyhow_wake_whom_they_must(detector: Detector) -> None:
    story = story_of(detector)
    for seed in range(4):
        dice = Random(seed)
        words = [delayed(word, dice) for word in story.words if dice.random() < 0.95]
        batches = cut_anyhow(arrivals(replace(story, words=words)), dice)
        told = asked_always(story, batches, (detector,))
        assert asleep(story, batches, Wakers((detector,)), restarts=seed * 11) == told, f"seed {seed}"
