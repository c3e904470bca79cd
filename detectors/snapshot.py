"""A chunk as it is written: the plan that many of its homes share is written once, not with each of them."""

from sys import intern

import msgspec
from msgspec import structs

from contracts import Hold, HomeId, WatchedHome, WatchedSensor, WatchPlan
from detectors.chunk import Chunk
from detectors.sharing import shared, slim


class Registered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A home as it is written: all of a WatchedHome, with the place of its plan among those of the chunk."""

    home_id: HomeId
    version: int
    timezone: str
    watched: bool
    sensors: tuple[WatchedSensor, ...]
    holds: tuple[Hold, ...]
    plan: int


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """A chunk without its homes, and these beside it."""

    version: int
    chunk: Chunk
    homes: list[Registered] = []
    plans: list[WatchPlan] = []


def snapshot_of(chunk: Chunk, version: int) -> Snapshot:
    """Take a chunk apart, to be written at once."""
    places: dict[int, int] = {}
    plans: list[WatchPlan] = []
    homes: list[Registered] = []
    for home in chunk.homes.values():
        place = places.get(id(home.plan))
        if place is None:
            place = places[id(home.plan)] = len(plans)
            plans.append(home.plan)
        homes.append(
            Registered(home.home_id, home.version, home.timezone, home.watched, home.sensors, home.holds, place)
        )
    return Snapshot(version=version, chunk=structs.replace(chunk, homes={}), homes=homes, plans=plans)


def chunk_in(snapshot: Snapshot) -> Chunk:
    """Put a chunk together again; one of an older version brings its homes with it."""
    chunk = snapshot.chunk
    homes = [*chunk.homes.values(), *(_home(each, snapshot.plans[each.plan]) for each in snapshot.homes)]
    chunk.homes = {(home := shared(each)).home_id: home for each in homes}
    chunk.states = {HomeId(intern(home_id)): slim(state) for home_id, state in chunk.states.items()}
    return chunk


def _home(written: Registered, plan: WatchPlan) -> WatchedHome:
    return WatchedHome(
        home_id=written.home_id,
        version=written.version,
        timezone=written.timezone,
        watched=written.watched,
        sensors=written.sensors,
        holds=written.holds,
        plan=plan,
    )
