"""The help button, and the spoken cry for help: each press is told, however late it comes."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import HelpButton, Voice
from detectors.concern import Concern
from detectors.looking import Look, times
from detectors.state import CLOCK_AHEAD, HomeState, Mark
from detectors.together import after_press
from detectors.wording import delayed, joined, placed, room_of

KIND: Final = "help_button"
#: Presses so close to each other are one cry that grows louder.
REPEATED_WITHIN: Final = timedelta(minutes=5)
#: A press is told at least for so long: a home's clock may run ahead, and its press would be over when it comes.
_AT_LEAST: Final = CLOCK_AHEAD + timedelta(minutes=1)
WAKES_ON: Final[tuple[type, ...]] = (
    HelpButton,
    Voice,
)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every press that is still to be told again."""
    if not state.presses:
        return ()
    told_for = told_for_in(home)
    return tuple(_concern(state, home, press, now) for press in state.presses.values() if is_told(press, told_for, now))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell how many presses are still told again."""
    if not state.presses:
        return ()
    told_for = told_for_in(home)
    presses = sum(is_told(press, told_for, now) for press in state.presses.values())
    return (times(Sentence(ko="도움 요청", en="cries for help"), presses, 1),)


def told_for_in(home: WatchedHome) -> timedelta:
    """Tell for how long a cry is told again in this home."""
    return max(timedelta(seconds=home.plan.help_told_for_seconds), _AT_LEAST)


def is_told(mark: Mark, told_for: timedelta, now: datetime) -> bool:
    """Tell whether a cry is still told again; a late one is told as long as one that came at once."""
    return now < max(mark.at, mark.received_at) + told_for


def _concern(state: HomeState, home: WatchedHome, press: Mark, now: datetime) -> Concern:
    room = room_of(home, press.sensor_id)
    near = sum(press.at - REPEATED_WITHIN < other.at <= press.at for other in state.presses.values())
    return Concern(
        kind=KIND,
        hazard=Hazard.HELP,
        severity=Severity.EMERGENCY,
        since=press.at,
        about=press.sensor_id,
        lasting=False,
        late=press.late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko="도움 요청 버튼 누름", en="help button pressed"),
                Sentence(ko=f"5분 안에 {near}번", en=f"{near} times within 5 min") if near > 1 else None,
                placed(room),
                after_press(state, home, press.at, now),
                delayed(press.age),
            ),
            values={"presses_in_5_minutes": float(near)},
            readings=(press.reading_id,),
            sensor_id=press.sensor_id,
            room=room or None,
        ),
    )
