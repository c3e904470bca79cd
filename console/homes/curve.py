"""The limit of inactivity and now: hours without movement over the time of day, and when an alert would come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.homes.raster import Held, midnight
from console.spans import span
from console.words import Words

#: The picture: its field, and where the axes lie in it.
LEFT, RIGHT, TOP, BOTTOM = 44.0, 546.0, 14.0, 236.0
_DAY: Final = timedelta(days=1)
_STEP: Final = timedelta(minutes=15)
_TALLEST: Final = timedelta(hours=24)
_FINE: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Stillness:
    """What is known of the stillness that lasts, and of limits by the step of the day at which one begins."""

    since: datetime | None
    still_for: timedelta
    opens_after: timedelta
    own_limits: bool
    limits: Sequence[timedelta]
    usual: Sequence[timedelta]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The picture's paths in its own field, and the sentences beside it."""

    limit: str
    usual: str
    today: str
    now_x: float
    now_y: float
    lines: tuple[tuple[float, str], ...]
    hours: tuple[tuple[float, str], ...]
    now_text: str
    limit_text: str
    sentence: str
    #: When an alert would be raised, as the page's attribute says it; empty: not foreseen.
    due: str


def curve_of(
    still: Stillness, moves: Sequence[datetime], held: Sequence[Held], words: Words, now: datetime, zone: ZoneInfo
) -> Curve:
    """Draw the day; `moves` are the moments of movement since the day before, oldest first."""
    begin = midnight(now.astimezone(zone).date(), zone)
    limit = _reached(still.limits, begin, zone)
    usual = _reached(still.usual, begin, zone) if still.usual else []
    line = _today(moves, begin, now)
    tallest = max([*limit, *usual, *(y for _, y in line), still.still_for, timedelta(hours=2)])
    top = min(_TALLEST, timedelta(hours=2 * -(-tallest // timedelta(hours=2))))
    due, sentence = _sentence(still, held, words, now, zone)
    return Curve(
        limit=_path([(begin + _STEP * n, y) for n, y in enumerate(limit)], begin, top),
        usual=_area([(begin + _STEP * n, y) for n, y in enumerate(usual)], begin, top),
        today=_path(line, begin, top),
        now_x=_x(now, begin),
        now_y=_y(still.still_for, top),
        lines=_lines(top),
        hours=tuple((round(LEFT + (RIGHT - LEFT) * hour / 24, 1), f"{hour:02}") for hour in range(0, 25, 3)),
        now_text=words("home.curve.now", span=span(words, still.still_for)),
        limit_text=words("home.curve.own" if still.own_limits else "home.curve.common"),
        sentence=sentence,
        due=due,
    )


def _sentence(still: Stillness, held: Sequence[Held], words: Words, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Say when an alert would come; a hold keeps it back until its end."""
    running = [one for one in held if one.from_at <= now < one.until_at]
    if running:
        until = max(one.until_at for one in running)
        return "", words("home.curve.held", until=_clock(until, now, zone))
    left = still.opens_after - still.still_for
    if left <= timedelta(0):
        return "", words("home.curve.past", limit=span(words, still.opens_after))
    at = now + left
    said = words(
        "home.curve.due",
        time=_clock(at, now, zone),
        severity=words("severity.caution"),
        limit=span(words, still.opens_after),
    )
    return at.isoformat(), said


def _clock(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    same = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M}" if same else f"{local:%m.%d %H:%M}"


def _reached(lengths: Sequence[timedelta], begin: datetime, zone: ZoneInfo) -> list[timedelta]:
    """Turn limits by when a stillness begins into limits by the clock: the shortest one that is reached then."""
    by_hour = list(lengths)
    reached: list[timedelta] = []
    for n in range(len(by_hour) + 1):
        at = begin + _STEP * n
        y = _FINE * 6
        while y < _TALLEST and y < by_hour[_step(at - y, zone) % len(by_hour)]:
            y += _FINE
        reached.append(y)
    return reached


def _step(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return (local.hour * 60 + local.minute) // 15


def _today(moves: Sequence[datetime], begin: datetime, now: datetime) -> list[tuple[datetime, timedelta]]:
    """Draw how long nobody had moved, from the day's first moment to now: up with time, down with each movement."""
    before = [at for at in moves if at <= begin]
    last = before[-1] if before else None
    line = [(begin, begin - last)] if last else []
    for at in (at for at in moves if begin < at <= now):
        if last is not None and at - last > _STEP:
            line += [(at, at - last), (at, timedelta(0))]
        elif last is None or not line:
            line.append((at, timedelta(0)))
        last = at
    if last is not None:
        line += [(max(last, begin), timedelta(0) if last > begin else begin - last), (now, now - last)]
    return line


def _lines(top: timedelta) -> tuple[tuple[float, str], ...]:
    hours = int(top / timedelta(hours=1))
    step = 2 if hours <= 12 else 4
    return tuple((_y(timedelta(hours=hour), top), f"{hour}h") for hour in range(0, hours + 1, step))


def _path(points: Sequence[tuple[datetime, timedelta]], begin: datetime, top: timedelta) -> str:
    return "M" + " ".join(f"{_x(at, begin)},{_y(y, top)}" for at, y in points) if points else ""


def _area(points: Sequence[tuple[datetime, timedelta]], begin: datetime, top: timedelta) -> str:
    if not points:
        return ""
    return f"{_path(points, begin, top)} {RIGHT},{BOTTOM} {LEFT},{BOTTOM}Z"


def _x(at: datetime, begin: datetime) -> float:
    return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, (at - begin) / _DAY)), 1)


def _y(length: timedelta, top: timedelta) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * min(1.0, length / top), 1)
