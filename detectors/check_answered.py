"""A check was answered: somebody in the home said that all is well, or asked for help.

It threatens nobody and opens no alert: the alerts that were asked about take it as their answer. What comes late is no
answer to a question of now, and is not told.
"""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import CheckAnswer, Voice
from detectors.concern import Concern
from detectors.looking import Look, times
from detectors.measured import Sample
from detectors.state import CLOCK_AHEAD, HomeState
from detectors.wording import joined, placed, room_of

KIND: Final = "check_answered"
WAKES_ON: Final[tuple[type, ...]] = (Voice,)
#: An answer is told for so long: its first record may be lost, and a home's clock may run ahead.
TOLD_FOR: Final = CLOCK_AHEAD + timedelta(minutes=1)
_SAID: Final = {
    CheckAnswer.FINE: Sentence(ko="안부 확인에 괜찮다고 답함", en="the home answered that all is well"),
    CheckAnswer.HELP: Sentence(ko="안부 확인에 도움을 청함", en="the home answered with a call for help"),
}


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See the newest word of each kind while it is still told."""
    return tuple(_concern(home, answer, word) for answer, word in _told(state, now))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell how many answers are still told."""
    answers = len(_told(state, now))
    return (times(Sentence(ko="안부 확인 답", en="answers to a check"), answers, 1),) if answers else ()


def _told(state: HomeState, now: datetime) -> list[tuple[CheckAnswer, Sample]]:
    if state.measured is None:
        return []
    words = [(CheckAnswer(answer), word) for answer, word in sorted(state.measured.answers.items())]
    return [(answer, word) for answer, word in words if now < max(word.at, word.received_at) + TOLD_FOR]


def _concern(home: WatchedHome, answer: CheckAnswer, word: Sample) -> Concern:
    room = room_of(home, word.sensor_id)
    return Concern(
        kind=KIND,
        hazard=Hazard.CHECK,
        severity=Severity.NOTICE,
        since=word.at,
        about=answer,
        lasting=False,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(_SAID[answer], placed(room)),
            values={"answer": answer.value},
            readings=(word.reading_id,),
            sensor_id=word.sensor_id,
            room=room or None,
        ),
    )
