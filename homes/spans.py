"""Read hours of the week out of a street file: `{days: [mon, fri], from: "09:00", until: "18:00"}`."""

from enum import StrEnum
from typing import Final

from homes.fields import Node
from homes.model import Hours

_MIDNIGHT: Final = 1440


class Weekday(StrEnum):
    """A day of the week, as a street file writes it; their order is their number."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DAYS: Final = tuple(Weekday)


def read_hours(node: Node) -> tuple[Hours, ...]:
    """Read the spans of the week under `hours`; none means always."""
    return tuple(_hours(each) for each in node.nodes("hours"))


def _hours(node: Node) -> Hours:
    days = node.choices("days", Weekday) if node.has("days") else DAYS
    hours = Hours(
        days=tuple(sorted(DAYS.index(day) for day in days)),
        from_minute=node.minute("from", 0),
        until_minute=node.minute("until", _MIDNIGHT),
    )
    if hours.from_minute == _MIDNIGHT:
        node.refuse("from", '자정은 "00:00" 입니다 (midnight is "00:00" where a span begins)')
    if hours.from_minute == hours.until_minute:
        node.refuse(
            "until", "from 과 같습니다; 온종일은 둘 다 비우십시오 (same as from; for the whole day leave out both)"
        )
    node.end()
    return hours


def hours_tree(hours: tuple[Hours, ...]) -> list[dict[str, object]]:
    """Write spans of the week as they are read; what is usual is left out."""
    return [_span_tree(each) for each in hours]


def clock_text(minute: int) -> str:
    """Write minutes after midnight as a clock shows them."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _span_tree(hours: Hours) -> dict[str, object]:
    tree: dict[str, object] = {}
    if len(hours.days) < len(DAYS):
        tree["days"] = [str(DAYS[day]) for day in hours.days]
    if hours.from_minute:
        tree["from"] = clock_text(hours.from_minute)
    if hours.until_minute != _MIDNIGHT:
        tree["until"] = clock_text(hours.until_minute)
    return tree
