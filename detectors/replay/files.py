"""Files of readings, streets and plans: read whole, and every fault told with its place."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contracts import HomeId, Reading, WatchedHome, WatchPlan
from detectors.replay.flow import Deaf, guessed, in_order
from detectors.replay.lines import Unreadable, read_line
from homes.fields import Fault, Node
from homes.model import watched_home
from homes.plans import read_plan
from homes.street import parse
from homes.tree import tree_of

#: So many unreadable lines are shown; the rest is counted.
SHOWN: Final = 5


class Unusable(Exception):
    """A file cannot be used; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Readings in the order in which they came, and the homes that they are of."""

    homes: tuple[WatchedHome, ...]
    readings: list[Reading]
    unreadable: tuple[Unreadable, ...] = ()
    #: When we heard nobody.
    deaf: Deaf = ()


def readings_in(file: Path, *, street: Path | None = None) -> Recorded:
    """Read lines of readings; without a street file the homes are what their readings say."""
    known: dict[HomeId, WatchedHome] = {}
    readings: list[Reading] = []
    unreadable: list[Unreadable] = []
    for number, line in enumerate(_bytes(file).splitlines(), start=1):
        told = read_line(line, number)
        if isinstance(told, Unreadable):
            unreadable.append(told)
            continue
        readings += told.readings
        known.update((home.home_id, home) for home in told.homes)
    if street is not None:
        known.update((home.home_id, home) for home in homes_in(street))
    ordered = in_order(readings)
    strangers = (home for home in guessed(ordered) if home.home_id not in known)
    return Recorded(homes=(*known.values(), *strangers), readings=ordered, unreadable=tuple(unreadable))


def homes_in(file: Path) -> tuple[WatchedHome, ...]:
    """Read what is watched out of a street file."""
    street = parse(_text(file))
    if isinstance(street, list):
        raise Unusable(_told(file, street))
    return tuple(watched_home(home) for home in street.homes)


def plan_in(file: Path) -> WatchPlan:
    """Read limits: the fields of a home's `plan` in a street file, what is left out is usual."""
    faults: list[Fault] = []
    tree = tree_of(_text(file), faults)
    if not faults:
        plan = read_plan(Node({} if tree is None else tree, "", faults))
        if not faults:
            return plan
    raise Unusable(_told(file, faults))


def _told(file: Path, faults: list[Fault]) -> str:
    return "\n".join(f"{file}: {fault}" for fault in faults)


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode()
    except UnicodeDecodeError as error:
        raise Unusable(f"{file}: UTF-8 글자가 아닙니다 (not UTF-8 text: {error.reason} at {error.start})") from error


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Unusable(f"{file}: 읽을 수 없습니다 (cannot be read: {error.strerror})") from error
