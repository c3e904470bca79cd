"""The pretend gateways of a street: they live through their residents' days and play the scenes that are asked for."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from contracts import HomeId, SensorId
from contracts.values import Heartbeat
from runtime import clock
from runtime.lifecycle import Life
from runtime.settings import Mqtt
from simulator.dialects import (
    GATEWAY,
    acknowledgements,
)
from simulator.dice import roll
from simulator.gateway.mqtt import Gateway
from simulator.household import Household, Sighting, readings_between
from simulator.mqtt import Line
from simulator.repertoire import IN_RESTING_HOMES, Playable, cues
from simulator.scenes import STILL_FOR, Cue, Cut, Mute, Say, SceneName, of_one_district

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How a street lives."""

    heartbeat_seconds: float = 60.0
    #: Hours before the start that the gateways have stored and send first.
    stored_hours: float = 0.0
    #: One connection for all homes, for load; gateways have one each.
    shared: bool = False


class Player:
    """Plays a street, live, and the scenes in it."""

    def __init__(self, homes: Sequence[Household], settings: Mqtt, pace: Pace) -> None:
        """Make a gateway for every home; none of them is online yet."""
        session = int(clock.now().timestamp() * 1000)
        self._pace = pace
        self._line = self._shared_line(settings, session) if pace.shared else None
        self.gateways = {home.home_id: Gateway(home, settings, session=session, line=self._line) for home in homes}
        self._asked = 0

    async def live(self, life: Life) -> None:
        """Live the street's days until the stop."""
        async with AsyncExitStack() as closing:
            began = clock.now()
            if self._line is not None:
                closing.push_async_callback(self._line.close)
            for gateway in self.gateways.values():
                closing.push_async_callback(gateway.close)
                gateway.open()
                gateway.say(_stored(gateway.household, began, self._pace.stored_hours))
                # Let the loop breathe: a large street takes seconds to come online.
                await asyncio.sleep(0)
            log.info("street_came_online", homes=len(self.gateways))
            life.set_ready(True)
            await self._days(life, began)

    def _shared_line(self, settings: Mqtt, session: int) -> Line:
        return Line(
            settings,
            client_id=f"street-{session}",
            listens=(acknowledgements("+"),),
            heard=self._heard,
            came=self._line_came,
        )

    def _heard(self, topic: str, payload: bytes, retained: bool) -> None:
        gateway = self.gateways.get(HomeId(topic.rpartition("/")[2]))
        if gateway is not None:
            gateway.hear(payload)

    def _line_came(self) -> None:
        for gateway in self.gateways.values():
            gateway.line_came()

    def play(self, scene: Playable, asked_for: str = "") -> tuple[str, ...]:
        """Begin a scene now; tell in which homes it plays, none when no home has that name."""
        homes = self._cast(scene, asked_for)
        if not homes:
            return ()
        for cue in cues(scene, homes, clock.now()):
            asyncio.get_running_loop().call_later(cue.after.total_seconds(), self._act, cue)
        log.info("scene_begun", scene=scene, homes=len(homes))
        return tuple(home.home_id for home in homes)

    def _cast(self, scene: Playable, asked_for: str) -> list[Household]:
        everyone = [gateway.household for gateway in self.gateways.values() if not gateway.cut_now]
        if asked_for:
            return [home for home in everyone if home.home_id == asked_for]
        resting = [home for home in everyone if home.resting]
        lively = [home for home in everyone if not home.resting]
        if scene in IN_RESTING_HOMES:
            return resting[:1]
        if scene is SceneName.MASS_OUTAGE:
            return of_one_district(everyone)
        if scene is SceneName.FLOOD:
            return [home for home in lively if roll(home.seed, "flood") < 0.6]
        # Each scene meets another home, as long as there are some.
        self._asked += 1
        return [lively[self._asked % len(lively)]] if lively else []

    def _act(self, cue: Cue) -> None:
        gateway = self.gateways[cue.household.home_id]
        match cue.act:
            case Say(sightings=sightings):
                gateway.say(sightings)
            case Cut(lasts=lasts):
                gateway.cut(lasts)
            case Mute(sensors=sensors, lasts=lasts):
                gateway.mute(sensors, clock.now() + lasts)

    async def _days(self, life: Life, began: datetime) -> None:
        every = timedelta(seconds=self._pace.heartbeat_seconds)
        beats = {home: began + every * roll(gateway.household.seed, "beat") for home, gateway in self.gateways.items()}
        while not life.stopping.is_set():
            now = clock.now()
            for home, gateway in self.gateways.items():
                gateway.live(began, now)
                if now >= beats[home]:
                    gateway.beat(now)
                    beats[home] += every
            life.turned("street")
            await life.rest(min(1.0, self._pace.heartbeat_seconds / 4))


def _stored(household: Household, now: datetime, hours: float) -> list[Sighting]:
    """What a gateway stored before it came online: its sightings, and that it was alive in every five minutes."""
    began = now - timedelta(hours=hours)
    # Where somebody will be found to rest, they lived as others do until the gateway heard nothing any more.
    until = now - STILL_FOR - timedelta(hours=1) if household.resting else now
    lively = replace(household, resting=False)
    beats = [
        Sighting(sensor_id=SensorId(GATEWAY), at=began + timedelta(minutes=minute), value=Heartbeat())
        for minute in range(0, int((until - began) / timedelta(minutes=1)), 5)
    ]
    return sorted([*readings_between(lively, began, until), *beats], key=lambda sighting: sighting.at)
