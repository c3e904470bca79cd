"""What is usual before a home is known: one smooth curve over the day, for people who live alone.

Ours: shaped by what is published of older people's days (in bed from about ten to about six; silent for an hour three
to eight times a day, mostly by night), with its five figures chosen on pooled recordings and checked by leaving one
home out (docs/explanation/inactivity.md). It holds nothing of any one home.
"""

from math import exp, log
from typing import Final

from detectors.learned.habits import CELLS, HOURS

#: Hours that a silence may last by day before it is rare.
DAY_HOURS: Final = 3.0
#: By night so many times as long (as a logarithm), most at this hour, with this spread in hours.
NIGHT: Final = 1.3
NIGHT_AT: Final = 0.5
NIGHT_SPREAD: Final = 4.25
#: Who has just used the front door is away for longer; who was busy is not still for long.
DOOR: Final = 0.3
BUSY: Final = 0.1
#: The tail beyond a limit, as a share of it.
TAIL: Final = 0.25


def usual_hours(cell: int, hour: float) -> float:
    """Tell the limit of an unknown home after a movement at an hour of the day."""
    off = (hour - NIGHT_AT + 12) % 24 - 12
    night = NIGHT * exp(-0.5 * (off / NIGHT_SPREAD) ** 2)
    door = DOOR if cell >= CELLS // 2 else 0.0
    return exp(log(DAY_HOURS) + night + door - BUSY * (cell % 3 - 1))


#: By cell and hour, at the middle of each hour.
USUAL: Final = tuple(usual_hours(cell, hour + 0.5) for cell in range(CELLS) for hour in range(HOURS))
