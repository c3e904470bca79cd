"""A fall: a wearable or a radar saw it, and did not take it back."""

from datetime import datetime
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Fall
from detectors.alarms import AlarmRule, look_alarms, sounding
from detectors.concern import Concern
from detectors.help_button import is_told, told_for_in
from detectors.looking import Look
from detectors.state import HomeState, Mark
from detectors.together import after_fall
from detectors.wording import delayed, joined, placed, room_of

KIND: Final = "fall"
WAKES_ON: Final[tuple[type, ...]] = (Fall,)
_SEEN: Final = AlarmRule(
    kind=KIND, hazard=Hazard.FALL, severity=Severity.EMERGENCY, sentence=Sentence(ko="낙상 감지", en="fall seen")
)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every fall that is still to be told again."""
    alarms = state.alarms.get(KIND)
    if not alarms:
        return ()
    told_for = told_for_in(home)
    falls = (sounding(alarm) for alarm in alarms.values())
    # A wearable that sees falls seldom sees that somebody got up: a fall is over when a person says so.
    return tuple(_concern(state, home, fall, now) for fall in falls if fall and is_told(fall, told_for, now))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every sensor that sees falls whether it saw one that was not taken back."""
    del home, now
    return look_alarms(state, _SEEN)


def _concern(state: HomeState, home: WatchedHome, fall: Mark, now: datetime) -> Concern:
    room = room_of(home, fall.sensor_id)
    return Concern(
        kind=KIND,
        hazard=Hazard.FALL,
        severity=Severity.EMERGENCY,
        since=fall.at,
        about=fall.sensor_id,
        lasting=False,
        late=fall.late,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko="낙상 감지", en="fall seen"),
                placed(room),
                after_fall(state, home, fall.at, now),
                delayed(fall.age),
            ),
            readings=(fall.reading_id,),
            sensor_id=fall.sensor_id,
            room=room or None,
        ),
    )
