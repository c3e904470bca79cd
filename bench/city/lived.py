"""What the city's days showed: each emergency beside its promise, and what was found although nothing had happened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from bench.city.acts import Fate, Injected
from bench.city.furnished import furnished
from bench.city.life import flow
from bench.city.plot import EXPLAINS, fates_of
from bench.city.promises import SCENES
from contracts import Finding, Hazard, HomeId, Phase, ReadingBatch, WatchedHome
from detectors.chunk import Chunk, apply
from detectors.gate import Gates
from detectors.replay.flow import batches_of
from homes.model import watched_home
from ingest.files import load_profiles
from ingest.profiles import Profiles
from simulator.household import Household, household_of
from simulator.neighbourhood import neighbourhood

BEGAN: Final = datetime(2026, 3, 2, tzinfo=UTC)
#: The clock's detectors look so often in a city: as often as a bridge's batches may be apart.
TICK: Final = timedelta(seconds=10)
#: Days in a month.
MONTH: Final = 30.4375


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something that began to be told, and when by the bridge's clock."""

    finding: Finding
    at: datetime


@dataclass(kw_only=True)
class Lived:
    """The days as they came out."""

    homes: int
    days: int
    readings: int = 0
    injected: list[Injected] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    @property
    def home_months(self) -> float:
        """Tell how much was lived."""
        return self.homes * self.days / MONTH

    def delay(self, one: Injected) -> timedelta | None:
        """Tell how soon something was found; None: it was not."""
        promise = one.promise
        if promise is None:
            return None
        told = (
            each.at
            for each in self._of(one.home_id)
            if each.finding.hazard is promise.hazard and promise.kind in ("", each.finding.kind) and each.at >= one.at
        )
        first = min(told, default=None)
        return None if first is None or first - one.at > EXPLAINS else first - one.at

    def missed(self) -> list[Injected]:
        """List what was promised and not found at all."""
        return [one for one, _ in self._due() if self.delay(one) is None]

    def broken(self) -> list[Injected]:
        """List what was found later than promised, or not at all."""
        return [one for one, within in self._due() if (delay := self.delay(one)) is None or delay > within]

    def promised(self) -> int:
        """Count the emergencies whose promise ends before the days do."""
        return len(self._due())

    def invented(self) -> list[Found]:
        """List what was found in homes in which nothing had happened that explains it."""
        happened: dict[HomeId, list[datetime]] = {}
        for one in self.injected:
            happened.setdefault(one.home_id, []).append(one.at)
        return [
            each
            for each in self.found
            # An answer to a check is no finding of something wrong.
            if each.finding.hazard is not Hazard.CHECK
            and not any(at <= each.at < at + EXPLAINS for at in happened.get(each.finding.home_id, ()))
        ]

    def add(self, other: "Lived") -> None:
        """Count the days of other homes as well."""
        self.homes += other.homes
        self.readings += other.readings
        self.injected += other.injected
        self.found += other.found

    def _due(self) -> list[tuple[Injected, timedelta]]:
        ended = BEGAN + timedelta(days=self.days)
        promised = ((one, one.promise.within) for one in self.injected if one.promise)
        return [(one, within) for one, within in promised if one.at + within < ended]

    def _of(self, home_id: HomeId) -> Sequence[Found]:
        return [each for each in self.found if each.finding.home_id == home_id]


#: What calls people to a home; of devices more is found, and nobody is woken.
OF_PEOPLE: Final = frozenset(
    {Hazard.HELP, Hazard.FALL, Hazard.FIRE, Hazard.GAS, Hazard.CARBON_MONOXIDE, Hazard.WATER, Hazard.STILLNESS}
    | {Hazard.ABSENCE, Hazard.TEMPERATURE, Hazard.APPLIANCE, Hazard.VITAL_SIGNS}
)


@dataclass(frozen=True, kw_only=True)
class City:
    """A city before its days: who lives there, with what, and what will befall them."""

    watched: Sequence[WatchedHome]
    households: Sequence[Household]
    fates: Mapping[HomeId, Fate]
    injected: Sequence[Injected]
    days: int
    seed: int
    #: Read once: a run of hours lives by the files that it began with.
    profiles: Profiles


def city_of(*, homes: int, days: int, seed: int = 1, events: int | None = None, scenes: Sequence[str] = SCENES) -> City:
    """Write a city and its plot from one seed."""
    street = neighbourhood(homes, seed=seed, webhook="")
    watched = [furnished(watched_home(home), seed=seed) for home in street.homes]
    households = [household_of(home, seed=seed) for home in watched]
    many = events if events is not None else max(len(scenes) + 2, homes * days // 20)
    fates, injected = fates_of(households, BEGAN, days, seed=seed, events=many, scenes=scenes)
    return City(
        watched=watched,
        households=households,
        fates=fates,
        injected=injected,
        days=days,
        seed=seed,
        profiles=load_profiles(),
    )


def live_blocks(
    city: City,
    *,
    block: int,
    begin_at: int = 0,
    beat: timedelta = timedelta(seconds=60),
    advance: Callable[[int, datetime], None] = lambda _home, _at: None,
) -> Iterator[Lived]:
    """Let a block of homes after the other live all the days, so that what was lived is known before the last has."""
    for first in range(begin_at, len(city.households), block):
        yield _live(city, slice(first, first + block), beat, partial(advance, first))


def live(
    *,
    homes: int,
    days: int,
    seed: int = 1,
    beat: timedelta = timedelta(seconds=60),
    events: int | None = None,
    scenes: Sequence[str] = SCENES,
) -> Lived:
    """Let a city live its days at once."""
    city = city_of(homes=homes, days=days, seed=seed, events=events, scenes=scenes)
    return _live(city, slice(0, homes), beat, lambda _: None)


def _live(city: City, part: slice, beat: timedelta, advance: Callable[[datetime], None]) -> Lived:
    """Let homes live their days through the gateways' words, the intake and the detectors."""
    watched, households = city.watched[part], city.households[part]
    here = {home.home_id for home in watched}
    injected = [one for one in city.injected if one.home_id in here]
    lived = Lived(homes=len(watched), days=city.days, injected=injected)
    known = {str(home.home_id): home for home in watched}
    chunk, gates = Chunk(), Gates()
    words = flow(households, known, city.fates, BEGAN, city.days, beat=beat, seed=city.seed, profiles=city.profiles)
    for batch in batches_of(words, list(watched), every=TICK):
        _hear(lived, chunk, gates, batch)
        advance(batch.batched_at)
    return lived


def _hear(lived: Lived, chunk: Chunk, gates: Gates, batch: ReadingBatch) -> None:
    lived.readings += len(batch.readings)
    for finding in apply(chunk, batch, chunk.offset + 1, gates):
        if finding.phase is Phase.BEGAN and not finding.test:
            lived.found.append(Found(finding=finding, at=batch.batched_at))
