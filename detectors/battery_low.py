"""A battery that will soon be empty."""

from datetime import datetime
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Battery
from detectors.concern import Concern, key_of
from detectors.home_notes import BATTERY_LOW_PERCENT
from detectors.looking import Look, Unit
from detectors.state import Charge, HomeState
from detectors.wording import joined, placed, room_of

KIND: Final = "battery_low"
WAKES_ON: Final[tuple[type, ...]] = (Battery,)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See every battery whose newest word is that it is low."""
    if not state.charges:
        return ()
    return tuple(_concern(state, home, sensor, charge) for sensor, charge in state.charges.items() if charge.low)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell of every battery how full it is."""
    del home, now
    what, limit = Sentence(ko="배터리 잔량", en="battery left"), float(BATTERY_LOW_PERCENT)
    return tuple(
        Look(what=what, value=charge.percent, limit=limit, unit=Unit.PERCENT, falling=True, about=sensor_id)
        for sensor_id, charge in state.charges.items()
        if charge.percent >= 0
    )


def _concern(state: HomeState, home: WatchedHome, sensor_id: str, charge: Charge) -> Concern:
    told = state.told.get(key_of(KIND, sensor_id))
    room = room_of(home, sensor_id)
    left = charge.percent if charge.percent >= 0 else None
    return Concern(
        kind=KIND,
        hazard=Hazard.POWER,
        severity=Severity.DEVICE,
        since=told.finding.since if told else charge.at,
        about=sensor_id,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko="배터리 부족", en="battery low"),
                Sentence(ko=f"{left:.0f}% 남음", en=f"{left:.0f} % left") if left is not None else None,
                placed(room),
            ),
            values={} if left is None else {"percent": left},
            limit=None if left is None else BATTERY_LOW_PERCENT,
            readings=(charge.reading_id,),
            sensor_id=sensor_id,
            room=room or None,
        ),
    )
