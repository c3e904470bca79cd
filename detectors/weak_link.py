"""A weak link: for days a sensor has hardly been heard by its gateway, or far worse than is usual for it."""

from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Final

from contracts import Hazard, Sentence, WatchedHome
from contracts.values import LinkQuality
from detectors.concern import Concern
from detectors.devices import CLEAR_SCORE, Ring, best_of
from detectors.devices_told import ailing, already_told
from detectors.looking import Look, Unit, Why
from detectors.state import HomeState

KIND: Final = "weak_link"
#: The best of each of so many days must be weak: doors, guests and microwave ovens pass.
DAYS: Final = 3
#: Of a scale that grows from 0 (Zigbee's quality of 0 to 255, percent), and of one below 0 (dBm). Ours: a Zigbee radio
#: hears down to about -100 dBm, and needs some 10 dB above that to lose nothing.
WEAK_SCORE: Final = 30
WEAK_DBM: Final = -88
#: Told once, it is over when the link is better by so much.
CLEARS_SCORE: Final = 15
CLEARS_DBM: Final = 5
#: Fallen to a third of its usual score, or by so many dB, a link is weak even where the scale calls it fair.
_FALLEN: Final = 3
_FALLEN_DB: Final = 25
WAKES_ON: Final[tuple[type, ...]] = (LinkQuality,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every sensor whose best word of each of the last days was weak."""
    if not state.doubtful:
        return ()
    return tuple(_concerns(state, home, now))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every link the best of its last days beside what it must reach."""
    del home, now
    what = Sentence(ko="신호 세기 (3일 최고)", en="signal (best of three days)")
    looks: list[Look] = []
    for sensor_id, device in state.devices.items():
        days = best_of(device.link)
        last = [score for age, score in days if age < DAYS]
        if not days:
            continue
        usual = [score for age, score in days if age >= DAYS]
        limit = _limit(below_zero=max(days)[1] < 0, usual=median(usual) if usual else None)
        why = Why.LEARNING if len(last) < DAYS else None
        best = float(max(last)) if last else None
        looks.append(Look(what=what, value=best, limit=limit, unit=Unit.TIMES, falling=True, about=sensor_id, why=why))
    return tuple(looks)


def weak(link: Ring, *, told: bool) -> tuple[int, float] | None:
    """Answer the best of the last days and the limit that it does not reach; None: the link will do."""
    days = best_of(link)
    last = [score for age, score in days if age < DAYS]
    if len(last) < DAYS:
        return None
    best, usual = max(last), [score for age, score in days if age >= DAYS]
    if best >= CLEAR_SCORE:
        return None
    limit = _limit(below_zero=best < 0, usual=median(usual) if usual else None)
    if told:
        limit += CLEARS_DBM if best < 0 else CLEARS_SCORE
    return (best, limit) if best <= limit else None


def _limit(*, below_zero: bool, usual: float | None) -> float:
    if below_zero:
        return WEAK_DBM if usual is None else max(WEAK_DBM, usual - _FALLEN_DB)
    return WEAK_SCORE if usual is None else max(WEAK_SCORE, usual / _FALLEN)


def _concerns(state: HomeState, home: WatchedHome, now: datetime) -> Iterator[Concern]:
    for sensor_id in sorted(state.doubtful):
        found = weak(state.devices[sensor_id].link, told=already_told(state, KIND, sensor_id))
        if found is None:
            continue
        best, limit = found
        unit = " dBm" if best < 0 else ""
        yield ailing(
            state,
            home,
            kind=KIND,
            hazard=Hazard.SENSOR,
            about=sensor_id,
            sentence=Sentence(
                ko=f"센서 신호 약함 · {DAYS}일간 최고 {best}{unit} · 한계 {limit:.0f}{unit}",
                en=f"weak signal · best of {DAYS} days {best}{unit} · limit {limit:.0f}{unit}",
            ),
            values={"best_score": float(best)},
            limit=limit,
            now=now,
        )
