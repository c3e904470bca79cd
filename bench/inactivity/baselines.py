"""What others do: fixed limits, Cuddihy's alert line (2007), and Wilhelm and Wahl's score (2024).

Our own reading of the published rules: both compare the silence so far with the line of the present quarter of an hour,
and draw their lines anew every night from the silences of past days.
"""

from collections import deque
from typing import Final

from bench.inactivity.protocol import DAY, GRID, HORIZON
from bench.inactivity.recording import Event

_QUARTER: Final = 900.0
_QUARTERS: Final = 96
_NEVER: Final = float("inf")


class Fixed:
    """The same limit for every home at every hour."""

    def __init__(self, hours: float) -> None:
        self._seconds = hours * 3600
        self._at = 0.0

    def feed(self, event: Event) -> None:
        """Remember the newest event."""
        self._at = event.at

    def due(self) -> float:
        """Tell when the limit is reached."""
        return self._at + self._seconds


class Line:
    """An alert line by the quarter of an hour: the longest silences of past days, with a factor and a margin."""

    def __init__(self, *, days: int, weekends: bool, factor: float, margin: float, near: int) -> None:
        self._days: deque[tuple[int, list[float]]] = deque(maxlen=days)
        self._weekends, self._factor, self._margin, self._near = weekends, factor, margin, near
        self._today = [0.0] * _QUARTERS
        self._at: float | None = None
        self._lines: dict[bool, list[float]] = {}

    def feed(self, event: Event) -> None:
        """Note how long the silence before this event was in each quarter of an hour that it touched."""
        if self._at is not None:
            self._note(self._at, event.at)
        self._at = event.at

    def due(self) -> float:
        """Tell when the silence first reaches the line of its moment; within two days, or never."""
        since = self._at or 0.0
        look = (since // GRID + 1) * GRID
        while look <= since + HORIZON + DAY:
            if look - since >= self._line(look):
                return look
            look += GRID
        return _NEVER

    def _note(self, since: float, until: float) -> None:
        quarter = since // _QUARTER
        while quarter * _QUARTER < until:
            place = int(quarter) % _QUARTERS
            silent = min(until, (quarter + 1) * _QUARTER) - since
            self._today[place] = max(self._today[place], silent)
            quarter += 1
            if quarter % _QUARTERS == 0 and until >= quarter * _QUARTER:
                self._end_of_day(int(quarter) // _QUARTERS - 1)

    def _end_of_day(self, day: int) -> None:
        self._days.append((day, self._today))
        self._today = [0.0] * _QUARTERS
        self._lines.clear()

    def _line(self, at: float) -> float:
        weekend = self._weekends and _is_weekend(int(at // DAY))
        if weekend not in self._lines:
            self._lines[weekend] = self._drawn(weekend=weekend)
        return self._lines[weekend][int(at // _QUARTER) % _QUARTERS]

    def _drawn(self, *, weekend: bool) -> list[float]:
        days = [day for on, day in self._days if not self._weekends or _is_weekend(on) == weekend]
        if not days:
            return [_NEVER] * _QUARTERS
        longest = [max(quarter) for quarter in zip(*days, strict=True)]
        around = range(-self._near, self._near + 1)
        near = [max(longest[(place + off) % _QUARTERS] for off in around) for place in range(_QUARTERS)]
        return [self._factor * line + self._margin for line in near]


def _is_weekend(day: int) -> bool:
    return (day + 3) % 7 >= 5  # 1970 began on a Thursday


def cuddihy(scale: float = 1.0) -> Line:
    """Draw Cuddihy's alert line: the longest silence of the last 45 days near this time of day, and a margin."""
    return Line(days=45, weekends=False, factor=1.1 * scale, margin=1800.0 * scale, near=4)


def wilhelm_wahl(factor: float = 1.1) -> Line:
    """Draw Wilhelm and Wahl's limits for sensors that are certain: the longest of such days in the past, times 1.1."""
    return Line(days=56, weekends=True, factor=factor, margin=0.0, near=2)
