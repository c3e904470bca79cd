"""When a flood begins and when it is over: by alerts for each operator, and not at the first calm minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: Alerts are counted in windows of this length (ISA-18.2: more than 10 in 10 minutes is a flood).
WINDOW: Final = timedelta(minutes=10)
#: For each operator on duty.
BEGINS_ABOVE: Final = 10
ENDS_BELOW: Final = 5


@dataclass(frozen=True, kw_only=True)
class Load:
    """What came in, and who is there for it."""

    #: Alerts opened within the last window, and within the one before it.
    latest: int
    before: int
    #: Operators at a console; with nobody there the load is counted as one operator's.
    operators: int

    @property
    def shoulders(self) -> int:
        """Tell among how many the alerts are shared."""
        return max(self.operators, 1)


@dataclass(frozen=True, kw_only=True)
class Flood:
    """A span of overload, as it is written down."""

    flood_id: int
    began_at: datetime
    ended_at: datetime | None
    #: The most alerts of one window, and the operators who were on duty then.
    peak: int
    operators: int


def is_flood(load: Load, *, flooded: bool) -> bool:
    """Tell whether there is a flood now; one that began goes on until two windows after each other were calm."""
    if flooded:
        return max(load.latest, load.before) >= ENDS_BELOW * load.shoulders
    return load.latest > BEGINS_ABOVE * load.shoulders
