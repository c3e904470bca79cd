"""The gateway's clock is wrong: what it says is corrected, or counted from its arrival, until somebody sets it."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from detectors.concern import Concern, key_of
from detectors.looking import Look, seconds
from detectors.state import ClockWord, HomeState
from detectors.wording import joined, span

KIND: Final = "clock_wrong"
#: Told once, it is over when the clock is twice as good as it must be: who sits on the limit is told once.
ENDS_AT: Final = 0.5
#: Times that cannot be believed are a wrong clock when none could be for so long: stored old news is none.
DOUBTED_FOR: Final = timedelta(minutes=15)
WAKES_ON: Final[tuple[type, ...]] = (ClockWord,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a clock that is off by more than the plan allows, or that says what nobody can believe."""
    if state.clock_off is None and state.clock_doubted is None:
        return ()
    offset = _offset(state, home)
    if offset is None and not _unbelievable(state):
        return ()
    told = state.told.get(key_of(KIND))
    began = state.clock_off.at if state.clock_off and offset is not None else state.clock_doubted
    limit = float(home.plan.clock_wrong_seconds)
    return (
        Concern(
            kind=KIND,
            hazard=Hazard.GATEWAY,
            severity=Severity.DEVICE,
            since=told.finding.since if told else began or now,
            evidence=Evidence(
                rule=f"{KIND}/1",
                sentence=_sentence(offset, limit),
                values={} if offset is None else {"offset_seconds": offset},
                limit=limit,
                readings=(state.clock_off.reading_id,) if state.clock_off and offset is not None else (),
            ),
        ),
    )


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell how far the gateway's clock is off, as far as it ever was."""
    del now
    if state.clock_off is None:
        return ()
    right = state.clock_right is not None and state.clock_right > state.clock_off.at
    off = timedelta(seconds=0.0 if right else abs(state.clock_off.offset_seconds))
    what = Sentence(ko="시계 오차", en="the clock is off")
    return (seconds(what, off, timedelta(seconds=home.plan.clock_wrong_seconds)),)


def _offset(state: HomeState, home: WatchedHome) -> float | None:
    """Tell what is added to the sender's time, when that is too much and still so."""
    word = state.clock_off
    if word is None or (state.clock_right and state.clock_right > word.at):
        return None
    limit = home.plan.clock_wrong_seconds * (ENDS_AT if key_of(KIND) in state.told else 1)
    return word.offset_seconds if abs(word.offset_seconds) > limit else None


def _unbelievable(state: HomeState) -> bool:
    believed = [state.enrolled_at, state.clock_right, state.clock_off.at if state.clock_off else None]
    newest = max((at for at in believed if at), default=None)
    return bool(state.clock_doubted and newest and state.clock_doubted - newest >= DOUBTED_FOR)


def _sentence(offset: float | None, limit: float) -> Sentence:
    bound = span(timedelta(seconds=limit))
    if offset is None:
        return joined(
            Sentence(ko="게이트웨이 시각을 믿을 수 없음", en="the gateway's time cannot be believed"),
            Sentence(ko="받은 시각으로 기록", en="kept at the time of arrival"),
        )
    by = span(timedelta(seconds=abs(offset)))
    return joined(
        Sentence(ko=f"게이트웨이 시계가 {by.ko} 느림", en=f"the gateway's clock is {by.en} slow")
        if offset > 0
        else Sentence(ko=f"게이트웨이 시계가 {by.ko} 빠름", en=f"the gateway's clock is {by.en} fast"),
        Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
        Sentence(ko="보정하여 기록", en="corrected"),
    )
