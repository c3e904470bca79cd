"""The learned limits of this house, as the protocol asks for them: the same functions that run in the service."""

from typing import Final
from zoneinfo import ZoneInfo

from bench.inactivity.protocol import DAY
from bench.inactivity.recording import Event, wall_clock
from detectors.learned.digest import digest
from detectors.learned.fit import Targets, fit
from detectors.learned.habits import Habits, Seen, cell_at
from detectors.learned.limits import limits_at
from detectors.learned.slots import hour_of
from detectors.observed import WINDOW, Slots, heard, set_of, slot_of

#: Recordings are in the wall clock of their home.
_ZONE: Final = ZoneInfo("UTC")


class Learned:
    """A home whose limits are learned online; what is recorded was observed throughout."""

    def __init__(self, target: float = 1.0) -> None:
        self._targets = Targets(alarm=target)
        self._habits: Habits | None = None
        self._active = Slots()
        self._doors = Slots()
        self._at = 0.0

    def feed(self, event: Event) -> None:
        """Note a movement; the first of a day is preceded by the fit of the night."""
        at = wall_clock(event.at)
        slot = slot_of(at)
        if self._habits is None:
            self._habits = Habits(since=slot, until=slot)
        elif event.at // DAY > self._at // DAY:
            midnight = slot_of(wall_clock(event.at // DAY * DAY))
            digest(self._habits, self._seen(), _ZONE, midnight)
            fit(self._habits, self._targets)
        heard(self._active, at)
        if event.front_door:
            heard(self._doors, at)
        self._at = event.at

    def due(self) -> float:
        """Tell when the alarm comes."""
        slot = slot_of(wall_clock(self._at))
        cell = cell_at(self._seen(), slot)
        return self._at + limits_at(self._habits, cell, hour_of(slot, _ZONE)).alarm.total_seconds()

    def _seen(self) -> Seen:
        observed = set_of(self._active.newest - WINDOW + 1, self._active.newest)
        return Seen(active=self._active, doors=self._doors, observed=observed)
