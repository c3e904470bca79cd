"""How what ails a device is told: by one detector for each device that a judge must look at."""

from datetime import datetime

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from detectors.concern import Concern, key_of
from detectors.state import HomeState
from detectors.wording import joined, placed, room_of


def already_told(state: HomeState, kind: str, sensor_id: str) -> bool:
    """Tell whether a device's trouble stands: it ends later than it began, so that it does not come and go."""
    return key_of(kind, sensor_id) in state.told


def ailing(
    state: HomeState,
    home: WatchedHome,
    *,
    kind: str,
    hazard: Hazard,
    about: str,
    sentence: Sentence,
    values: dict[str, float | str],
    limit: float,
    now: datetime,
) -> Concern:
    """Tell a device's trouble; it began when it was first told."""
    told = state.told.get(key_of(kind, about))
    room = room_of(home, about)
    return Concern(
        kind=kind,
        hazard=hazard,
        severity=Severity.DEVICE,
        since=told.finding.since if told else now,
        about=about,
        evidence=Evidence(
            rule=f"{kind}/1",
            sentence=joined(sentence, placed(room)),
            values=values,
            limit=limit,
            sensor_id=about,
            room=room or None,
        ),
    )
