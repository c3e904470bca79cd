"""What a detector says of when to ask it is needed: without it, its gate sleeps through its own story."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pytest

from contracts import Finding, Phase, ReadingBatch, WatchedHome
from detectors import first_activity, gateway_silent, not_protected
from detectors.chunk import Chunk, apply
from detectors.gate import NEVER, Detector, Due, Gate, Gates, Judge, Wakers, patience_of
from detectors.state import HomeState
from detectors.watch import BY_CLOCK, BY_HOME_TIME
from tests.detectors.gate_stories import MORE, STORIES, at_home
from tests.detectors.test_gate_stories import CUTS, asked_always, asleep, name_of, one_by_one, story_of
from tests.detectors.test_ways_judged import clock, said
from tests.detectors.values import HOME, NOON, a_batch, a_heartbeat, a_home

NOTHING: Final[frozenset[type]] = frozenset()
_UP_TO_A_WORD: Final = "what it measures is counted up to a word, so a word reaches its limit"
#: What may be forgotten without harm in any story, and why it is said all the same.
SPARE: Final = {
    ("inactivity", "words"): "a bed that changes only puts it off, and its `due` knows of no bed",
    ("inactivity_check", "words"): "as inactivity",
    ("rising_heat", "time"): "air is burning hot with a word; time alone only ends it, and who told is asked always",
    ("cold_home", "time"): _UP_TO_A_WORD,
    ("hot_home", "time"): _UP_TO_A_WORD,
    ("power_flat", "time"): _UP_TO_A_WORD,
    ("power_flat", "words"): "it takes days, and everybody is asked each night when limits are learned",
    ("water_not_used", "time"): _UP_TO_A_WORD,
    ("water_running", "time"): _UP_TO_A_WORD,
    ("vital_signs", "time"): _UP_TO_A_WORD,
    ("check_unanswered", "time"): "a row grows by a word only; it is asked always because a sign may be corrected",
}


@dataclass(frozen=True)
class Mutant:
    """A detector that forgot a part of when it must be asked."""

    judge: Judge
    WAKES_ON: frozenset[type]
    due: Due
    __name__: str = "mutant"


def never(state: HomeState, home: WatchedHome) -> datetime:
    del state, home
    return NEVER


def mutant_of(detector: Detector, forgotten: str) -> Mutant:
    words = frozenset(getattr(detector, "WAKES_ON", NOTHING))
    due: Due = getattr(detector, "due", never)
    return Mutant(detector.judge, words if forgotten == "time" else NOTHING, due if forgotten == "words" else never)


def is_noticed(detector: Detector, forgotten: str) -> bool:
    """Tell whether any of its stories is told otherwise by one that forgot."""
    stories = [STORIES[name_of(detector)], *([MORE[name_of(detector)]] if name_of(detector) in MORE else [])]
    mutated = Wakers((mutant_of(detector, forgotten),))
    return any(
        asleep(story, one_by_one(story), mutated) != asked_always(story, one_by_one(story), (detector,))
        for story in stories
    )


def declarations(detector: Detector) -> list[str]:
    words = ["words"] if getattr(detector, "WAKES_ON", None) else []
    return words + (["time"] if hasattr(detector, "due") else [])


@pytest.mark.parametrize("detector", BY_HOME_TIME, ids=name_of)
def test_whoever_forgets_when_to_be_asked_loses_its_story(detector: Detector) -> None:
    story_of(detector)
    assert is_noticed(detector, "both"), f"the story of {name_of(detector)} does not need its gate to wake it at all"
    for forgotten in declarations(detector):
        spare = (name_of(detector), forgotten) in SPARE
        assert is_noticed(detector, forgotten) != spare, (
            f"{name_of(detector)} tells its stories {'otherwise' if spare else 'as well'} without its {forgotten}: "
            "give it a story in tests/detectors/gate_stories.py that needs them, or say why in SPARE"
        )


@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.__name__)
@pytest.mark.parametrize("name", MORE)
def test_another_word_wakes_it_alike(name: str, cut: type) -> None:
    story = MORE[name]
    told = asleep(story, cut(story))
    assert told == asked_always(story, cut(story))


@pytest.mark.parametrize("name", MORE)
def test_another_word_makes_it_speak(name: str) -> None:
    phases = [one.phase for one in asleep(MORE[name], one_by_one(MORE[name])) if one.kind == name]
    assert (phases[0], phases[-1]) == (Phase.BEGAN, Phase.ENDED)


def test_the_first_word_of_a_night_that_comes_hours_late_still_lets_the_morning_be_missed() -> None:
    sign = said("bedroom", clock(2), late_by=timedelta(hours=6))
    story = at_home([sign], clock(11))
    told = asleep(story, one_by_one(story), Wakers((first_activity,)))
    assert told == asked_always(story, one_by_one(story), (first_activity,))
    assert [one.told_at for one in told if one.phase is Phase.BEGAN] == [clock(10, 30)]


# The clock's detectors: their `patience` lets the chunk leave homes alone that spoke of late.

SECOND: Final = timedelta(seconds=1)


def a_silence() -> list[ReadingBatch]:
    """Let a gateway be silent for twenty minutes, and speak again."""
    spoke = (0, 60, 1260, 1265)
    return [
        a_batch(
            *([a_heartbeat(NOON + SECOND * second)] if second in spoke else []),
            homes=[a_home()] if not second else [],
            at=NOON + SECOND * second,
        )
        for second in range(0, 1300, 5)
    ]


def by_clock(batches: list[ReadingBatch], patience: timedelta | None) -> list[Finding]:
    """Judge with a gate of such a patience; None: with its own."""
    chunk, gates, findings = Chunk(), Gates(), list[Finding]()
    for offset, batch in enumerate(batches):
        if patience is not None and HOME in chunk.states:
            gates[HOME] = Gate(state=chunk.states[HOME], home=chunk.homes[HOME], patience=patience)
        findings += apply(chunk, batch, offset, gates)
    return findings


@pytest.mark.parametrize("detector", BY_CLOCK, ids=name_of)
def test_a_silent_gateway_is_told_alike_by_a_patient_chunk(detector: Detector) -> None:
    assert detector in (gateway_silent, not_protected), (
        f"{name_of(detector)} judges by the clock and has no story: let `a_silence` make it speak, and name it here"
    )
    told = by_clock(a_silence(), None)
    assert told == by_clock(a_silence(), timedelta(0))
    phases = [one.phase for one in told if one.kind == name_of(detector)]
    assert phases[:2] == [Phase.BEGAN, Phase.HOLDS]
    assert phases[-1] is Phase.ENDED


def test_a_chunk_with_too_much_patience_would_miss_it() -> None:
    assert by_clock(a_silence(), patience_of(BY_CLOCK, a_home()) + 60 * SECOND) != by_clock(a_silence(), None)
