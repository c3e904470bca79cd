"""A device's own test failed: it may see nothing although it speaks, until it passes one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import SelfTest
from detectors.concern import Concern
from detectors.looking import Look, times
from detectors.measured import Words, moment_of, standing_words
from detectors.measuring import standing_told
from detectors.state import HomeState
from detectors.wording import joined, placed, room_of

KIND: Final = "self_test_failed"
WAKES_ON: Final[frozenset[type]] = frozenset({SelfTest})
_FAILED: Final = Sentence(ko="기기 자체 점검 실패", en="the device's own test failed")


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every device whose newest test of itself failed."""
    del now
    if state.measured is None or not state.measured.tests:
        return ()
    return tuple(_concerns(state, home, state.measured.tests))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every device that tests itself whether its newest test failed."""
    del home, now
    tests = state.measured.tests if state.measured else {}
    return tuple(times(_FAILED, 1 if words.is_on else 0, 1, about=key) for key, words in tests.items())


def _concerns(state: HomeState, home: WatchedHome, tests: dict[str, Words]) -> Iterator[Concern]:
    for key, words in tests.items():
        told, failed = standing_told(state, KIND, key), standing_words(words, words.late_off)
        if not words.is_on or words.on is None or not (failed or told):
            continue
        room = room_of(home, key)
        yield Concern(
            kind=KIND,
            hazard=Hazard.SENSOR,
            severity=Severity.DEVICE,
            since=told.finding.since if told else moment_of(failed[0]),
            about=key,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=joined(_FAILED, placed(room)),
                values={"failed_tests": float(len(failed))},
                readings=(words.on.reading_id,),
                sensor_id=key,
                room=room or None,
            ),
        )
