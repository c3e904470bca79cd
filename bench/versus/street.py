"""The street and its scenes, as the messages that its gateways send: the same for every contestant."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bench.samples import street_of
from contracts import HomeId, SensorId
from contracts.values import Heartbeat, Motion
from homes.model import watched_home
from homes.street import Street
from simulator.dialects import Message, native
from simulator.household import Household, Sighting, household_of
from simulator.scenes import PLAYS, Say, SceneName

#: What is cried, and what the call says of it.
CRIES: Final = {SceneName.HELP_BUTTON: "help", SceneName.FALL: "fall", SceneName.SMOKE: "fire"}
STILL: Final = "stillness"
#: Past the step at which people are called at once; at the first one an operator is asked.
STILL_FOR: Final = timedelta(hours=12, minutes=10)
#: What a scene says later than this is not waited for: the smoke that is quiet again.
_WITHIN: Final = timedelta(seconds=5)
_SESSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class Cry:
    """One scene in a home of its own, so that it is a case of its own."""

    household: Household
    scene: SceneName
    #: A gateway that was not answered says the same once more.
    times: int = 1

    @property
    def case(self) -> tuple[str, str]:
        """Name what must be called for."""
        return self.household.home_id, CRIES.get(self.scene, STILL)


class Gateways:
    """All gateways of the street: they number what each home says."""

    def __init__(self) -> None:
        """Begin as gateways that have said nothing."""
        self._said: Counter[HomeId] = Counter()

    def cry(self, cry: Cry, now: datetime) -> Iterator[Message]:
        """Say a scene; the last message is the one that must be heard."""
        for sightings in _acts(cry, now):
            yield self._say(cry.household.home_id, sightings)

    def moved(self, home: HomeId, now: datetime, *, active: bool) -> Message:
        """Say that somebody moved, or no longer does."""
        seen = Sighting(sensor_id=SensorId("motion-living"), at=now, value=Motion(active=active))
        return self._say(home, [seen])

    def _say(self, home: HomeId, sightings: Sequence[Sighting]) -> Message:
        self._said[home] += 1
        return native(home, sightings, session=_SESSION, seq=self._said[home])


class Cast:
    """Hands out homes, each once."""

    def __init__(self, street: Street, background: int) -> None:
        """Keep the first homes for those who only talk."""
        households = [household_of(watched_home(home), seed=1) for home in street.homes]
        self.background = [household.home_id for household in households[:background]]
        self._fresh = iter(households[background:])

    def cries(self, many: int, *, times: int = 1) -> list[Cry]:
        """Choose so many cries, of every kind in turn."""
        kinds = list(CRIES)
        return [Cry(household=next(self._fresh), scene=kinds[n % len(kinds)], times=times) for n in range(many)]

    def stillnesses(self, many: int) -> list[Cry]:
        """Choose homes in which nobody has moved for long."""
        return [Cry(household=next(self._fresh), scene=SceneName.STILLNESS) for _ in range(many)]


def street_for(background: int, cries: int, *, webhook: str) -> Street:
    """Invent a street that is long enough."""
    return street_of(background + cries, webhook=webhook)


def _acts(cry: Cry, now: datetime) -> Iterator[Sequence[Sighting]]:
    if cry.scene is SceneName.STILLNESS:
        yield _stored(cry.household, now)
        return
    for cue in PLAYS[cry.scene](cry.household, now):
        if isinstance(cue.act, Say) and cue.after <= _WITHIN:
            yield cue.act.sightings


def _stored(household: Household, now: datetime) -> list[Sighting]:
    """Send what the gateway stored: one movement, and a heartbeat for every minute since."""
    began = now - STILL_FOR
    sensor = household.sensor_of("motion", "living") or SensorId("motion-living")
    minutes = range(1, int(STILL_FOR.total_seconds() // 60) + 1)
    beats = [
        Sighting(sensor_id=SensorId("gateway"), at=began + timedelta(minutes=n), value=Heartbeat()) for n in minutes
    ]
    return [Sighting(sensor_id=sensor, at=began, value=Motion(active=True)), *beats]
