"""The gateway of a pretend home: it numbers what it says, and holds it until Kafka has it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from math import inf
from typing import Final

import msgspec

from contracts import EMERGENCY_KINDS, SensorId, Value, kind_of
from contracts.values import Heartbeat, TestPressed
from runtime import clock
from runtime.settings import Mqtt
from simulator.dialects import (
    GATEWAY,
    Dialect,
    Message,
    acknowledgements,
    can_say,
    dialect_of,
    forwarded_of,
    reading_of,
    speaks_directly,
    spoken,
    status,
)
from simulator.household import Household, Sighting, readings_between
from simulator.mqtt import Line
from simulator.outbox import Outbox, Shape

#: Sightings in one message at most, so that a stored day stays far below what ingest takes.
_TOGETHER: Final = 100
#: A resident's life is told so far ahead, so that a large street does not tell whole days every second.
_AHEAD: Final = timedelta(minutes=10)
#: A gateway proves its line once a day by a test that takes the whole way.
TEST_EVERY: Final = timedelta(hours=24)


class Gateway:
    """One home's gateway: it holds what it says until Kafka has it, and forwards what it stored while it was cut."""

    def __init__(self, household: Household, settings: Mqtt, *, session: int, line: Line | None = None) -> None:
        """Make a gateway with a line of its own, or on a line that homes share."""
        self.household, self.cut_now = household, False
        self.outbox = Outbox(home_id=household.home_id, session=session)
        self._dialect = dialect_of(household)
        #: Its devices speak to the broker themselves: nothing holds what they say but the line.
        self.direct = speaks_directly(household)
        self._muted: dict[SensorId, datetime] = {}
        self._stored: list[Sighting] = []
        self._ahead: deque[Sighting] = deque()
        self._told_until: datetime | None = None
        self._connection = 0
        self._tested_at: datetime | None = None
        self._shared = line is not None
        self._line = line or Line(
            settings,
            client_id=f"gateway-{household.home_id}",
            will=self._will,
            birth=lambda: self._status(online=True, at=clock.now()),
            listens=(acknowledgements(household.home_id),),
            heard=lambda topic, payload, retained: self.hear(payload),
            came=self.line_came,
        )

    def open(self) -> None:
        """Come online."""
        self._line.open()
        if self._shared:
            self._connection = _milliseconds()
            self._line.say(self._status(online=True, at=clock.now()))

    def say(self, sightings: Sequence[Sighting]) -> None:
        """Take sightings in their order, and send what can be sent."""
        for direct, run in groupby(sightings, key=lambda each: self.direct and can_say(self._dialect, each.value)):
            if direct:
                self._say_directly(list(run))
            else:
                self._put(list(run))
        self.pump()

    def pump(self) -> None:
        """Send what the outbox has due; what the line cannot take now stays where it is."""
        if self.cut_now or not self._line.connected.is_set():
            return
        now = clock.now()
        for entry in self.outbox.due(now):
            self._line.say(self.outbox.spoken(entry, now=now)).add_done_callback(partial(self._answered, entry.seq))

    def hear(self, payload: bytes) -> None:
        """Forget what Kafka has."""
        self.outbox.hear(payload, now=clock.now())

    def line_came(self) -> None:
        """Say on a new connection everything that is held."""
        self.outbox.line_came()
        self.pump()

    def live(self, began: datetime, now: datetime) -> None:
        """Say what the home's sensors have seen since the street began, or since it was last asked."""
        told_until = self._told_until or began
        if now >= told_until:
            self._told_until = now + _AHEAD
            self._ahead.extend(readings_between(self.household, told_until, self._told_until))
        due: list[Sighting] = []
        while self._ahead and self._ahead[0].at <= now:
            due.append(self._ahead.popleft())
        self.say([each for each in due if each.at >= self._muted.get(each.sensor_id, each.at)])

    def beat(self, now: datetime) -> None:
        """Say that the gateway lives and has said all that it saw, and once a day prove it; a beat is not stored."""
        if self.cut_now or not self._line.connected.is_set():
            return
        said: list[Value] = [Heartbeat()]
        if self._tested_at is None or now - self._tested_at >= TEST_EVERY:
            self._tested_at = now
            said.append(TestPressed())
        self.say([Sighting(sensor_id=SensorId(GATEWAY), at=now, value=value) for value in said])

    def cut(self, lasts: timedelta) -> None:
        """Break the line; it comes back by itself, with what was stored meanwhile."""
        self.cut_now = True
        if self._shared:
            self._line.say(self._status(online=False, at=None))
        else:
            self._line.cut()
        asyncio.get_running_loop().call_later(lasts.total_seconds(), self._return)

    def mute(self, sensors: Sequence[SensorId], until: datetime) -> None:
        """Let some sensors say nothing by themselves until a moment."""
        self._muted.update(dict.fromkeys(sensors, until))

    async def close(self) -> None:
        """Go offline in good order."""
        if not self._shared:
            await self._line.close()

    def _put(self, sightings: list[Sighting]) -> None:
        foreign = self._dialect is not Dialect.NATIVE and not self.direct
        for forwarded, run in groupby(sightings, key=lambda each: foreign and can_say(self._dialect, each.value)):
            some = list(run)
            for first in range(0, len(some), _TOGETHER):
                self._hold(some[first : first + _TOGETHER], forwarded=forwarded)

    def _hold(self, sightings: list[Sighting], *, forwarded: bool) -> None:
        said = [forwarded_of(self._dialect, each) if forwarded else reading_of(each) for each in sightings]
        self.outbox.put(
            Shape.MESSAGES if forwarded else Shape.READINGS,
            msgspec.json.encode(said),
            at=sightings[0].at,
            urgent=any(kind_of(each.value) in EMERGENCY_KINDS for each in sightings),
        )

    def _say_directly(self, sightings: list[Sighting]) -> None:
        if self.cut_now:
            self._stored += sightings
            return
        for message in spoken(self.household.home_id, self._dialect, sightings, session=0, seq=0):
            self._line.say(message)

    def _answered(self, seq: int, answer: "asyncio.Future[float]") -> None:
        self.outbox.answer(seq, heard=answer.result() < inf, now=clock.now())
        self.pump()

    def _return(self) -> None:
        self.cut_now, stored, self._stored = False, self._stored, []
        self.open()
        if self._shared:
            self.line_came()
        self.say(stored)
        self.beat(clock.now())

    def _will(self) -> Message:
        # Each connection has a greater number than the one before: a late last will cannot end a younger connection.
        self._connection = _milliseconds()
        return self._status(online=False, at=None)

    def _status(self, *, online: bool, at: datetime | None) -> Message:
        return status(self.household.home_id, online=online, session=self._connection, at=at)


def _milliseconds() -> int:
    return int(clock.now().timestamp() * 1000)
