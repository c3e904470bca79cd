"""Carbon monoxide: a detector alarms, or measures what harms at once or in time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import CarbonMonoxide
from detectors.alarms import AlarmRule, began, judge_alarms, look_alarms
from detectors.concern import Concern
from detectors.exposure import DOSES, Reached, reached
from detectors.looking import Look, seconds
from detectors.state import Exposure, HomeState
from detectors.wording import delayed, joined, placed, room_of, span

RULE: Final = AlarmRule(
    kind="carbon_monoxide",
    hazard=Hazard.CARBON_MONOXIDE,
    severity=Severity.EMERGENCY,
    sentence=Sentence(ko="일산화탄소 경보", en="carbon monoxide alarm"),
)
WAKES_ON: Final[tuple[type, ...]] = (CarbonMonoxide,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every detector that alarms now, and every one that measured too much for too long."""
    alarms = judge_alarms(state, home, RULE)
    if not state.exposure:
        return alarms
    known = {concern.about for concern in alarms}
    return alarms + tuple(concern for concern in _doses(state, home) if concern.about not in known)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every detector whether it alarms, and for how long it measured how much."""
    del home, now
    return (*look_alarms(state, RULE), *(each for key, one in state.exposure.items() for each in _looks(key, one)))


def _looks(sensor_id: str, exposure: Exposure) -> Iterator[Look]:
    for dose in DOSES:
        bad, good = exposure.bad.get(dose.ppm), exposure.good.get(dose.ppm)
        since = good or exposure.first_at
        lasting = bad.at - since if bad and since and bad.at > since else timedelta(0)
        what = Sentence(ko=f"일산화탄소 {dose.ppm} ppm 이상", en=f"carbon monoxide of {dose.ppm} ppm")
        yield seconds(what, lasting, dose.lasting, about=sensor_id)


def _doses(state: HomeState, home: WatchedHome) -> Iterator[Concern]:
    for sensor_id, exposure in state.exposure.items():
        if dose := reached(exposure):
            yield _concern(state, home, sensor_id, dose)


def _concern(state: HomeState, home: WatchedHome, sensor_id: str, got: Reached) -> Concern:
    room, lasting = room_of(home, sensor_id), got.mark.at - got.since
    length = span(lasting)
    measured = Sentence(
        ko=f"일산화탄소 {got.dose.ppm} ppm 이상 {length.ko}",
        en=f"carbon monoxide of {got.dose.ppm} ppm for {length.en}",
    )
    return Concern(
        kind=RULE.kind,
        hazard=RULE.hazard,
        severity=got.dose.severity,
        since=began(state, RULE.kind, got.mark),
        about=sensor_id,
        late=got.mark.late,
        evidence=Evidence(
            rule=f"{RULE.kind}/1",
            sentence=joined(measured, placed(room), delayed(got.mark.age)),
            values={"ppm_at_least": float(got.dose.ppm), "lasting_seconds": lasting.total_seconds()},
            limit=got.dose.lasting.total_seconds(),
            readings=(got.mark.reading_id,),
            sensor_id=sensor_id,
            room=room or None,
        ),
    )
