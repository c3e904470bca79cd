"""The gateways of the campaign: lively homes that keep each press until Kafka has it, and say it again until then."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import cycle
from math import inf
from typing import Final

import msgspec

from bench.faults.seen import Press
from contracts import HomeId, SensorId, Value, kind_of, reading_id
from contracts.values import Heartbeat, HelpButton, Motion
from runtime import clock
from runtime.settings import Mqtt
from simulator.dialects import GATEWAY, Message, acknowledgements, reading_of, status
from simulator.household import Sighting
from simulator.mqtt import Line
from simulator.outbox import Entry, Outbox, Shape

BUTTON: Final = SensorId("help-bedroom")
_ROOMS: Final = ("motion-living", "motion-bedroom")
#: Somebody moves in each home so often, and each gateway says so often that it lives.
MOVES_EVERY: Final = 25.0
BEATS_EVERY: Final = 60.0
#: So many lines carry the whole street.
LINES: Final = 6


class Street:
    """All gateways, on a few lines. It belongs to the loop that runs it."""

    def __init__(self, settings: Mqtt, homes: Sequence[HomeId], *, session: int, began: float) -> None:
        """Make gateways that are not online yet; `began` is the tick from which the campaign counts."""
        self.began, self._session = began, session
        self.outboxes: Mapping[HomeId, Outbox] = {home: Outbox(home_id=home, session=session) for home in homes}
        self.presses: list[Press] = []
        self._lines: dict[HomeId, Line] = {}
        self._all: list[Line] = []
        for number in range(min(LINES, len(homes))):
            some = homes[number::LINES]
            line = Line(
                settings,
                client_id=f"faults-street-{session}-{number}",
                listens=[acknowledgements(home) for home in some],
                heard=self._hear,
                came=partial(self._came, some),
                forgetful=True,
            )
            self._all.append(line)
            self._lines |= dict.fromkeys(some, line)

    @property
    def held(self) -> int:
        """How many messages no word of Kafka's has come for yet."""
        return sum(len(outbox.held) for outbox in self.outboxes.values())

    async def live(self) -> None:
        """Come online and live until cancelled: movements, heartbeats, and whatever is due again."""
        for line in self._all:
            line.open()
        try:
            await self._live()
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await asyncio.gather(*(line.close() for line in self._all))

    async def _live(self) -> None:
        homes, turn = list(self.outboxes), 0.0
        moves, beats = cycle(homes), cycle(homes)
        moved = beaten = 0
        while True:
            now = clock.ticks() - self.began
            turn = turn or now
            while moved < (now - turn) / MOVES_EVERY * len(homes):
                moved += 1
                self._put(next(moves), SensorId(_ROOMS[moved % 2]), Motion(active=moved // len(homes) % 2 == 0))
            while beaten < (now - turn) / BEATS_EVERY * len(homes):
                beaten += 1
                self._put(next(beats), SensorId(GATEWAY), Heartbeat())
            for home in homes:
                self._pump(home)
            await asyncio.sleep(0.2)

    def press(self, home: HomeId) -> Press:
        """Press a home's button."""
        entry = self._put(home, BUTTON, HelpButton(), urgent=True)
        self._pump(home)
        return self._pressed(home, entry)

    def press_disordered(self, home: HomeId) -> Press:
        """Say a movement, a press and a movement with their numbers in the wrong order."""
        before = self._put(home, SensorId(_ROOMS[0]), Motion(active=True))
        entry = self._put(home, BUTTON, HelpButton(), urgent=True)
        after = self._put(home, SensorId(_ROOMS[1]), Motion(active=True))
        for each in (after, entry, before):
            self._lines[home].say(self.outboxes[home].spoken(each, now=clock.now()))
        self._pump(home)
        return self._pressed(home, entry)

    def press_and_show(self, home: HomeId) -> tuple[Press, Message]:
        """Press a home's button, and show what was said, so that somebody can say it once more."""
        entry = self._put(home, BUTTON, HelpButton(), urgent=True)
        said = self.outboxes[home].spoken(entry, now=clock.now())
        self._pump(home)
        return self._pressed(home, entry), said

    def _pressed(self, home: HomeId, entry: Entry) -> Press:
        mark = f"{self._session}:{entry.seq}:0"
        press = Press(
            number=len(self.presses) + 1,
            home_id=home,
            session=self._session,
            seq=entry.seq,
            reading_id=reading_id(home, BUTTON, kind=kind_of(HelpButton()), mark=mark),
            at=clock.ticks() - self.began,
        )
        self.presses.append(press)
        return press

    def _put(self, home: HomeId, sensor: SensorId, value: Value, *, urgent: bool = False) -> Entry:
        now = clock.now()
        body = msgspec.json.encode([reading_of(Sighting(sensor_id=sensor, at=now, value=value))])
        return self.outboxes[home].put(Shape.READINGS, body, at=now, urgent=urgent)

    def _pump(self, home: HomeId) -> None:
        line = self._lines[home]
        if not line.connected.is_set():
            return
        now, outbox = clock.now(), self.outboxes[home]
        for entry in outbox.due(now):
            line.say(outbox.spoken(entry, now=now)).add_done_callback(partial(self._answered, home, entry.seq))

    def _answered(self, home: HomeId, seq: int, answer: "asyncio.Future[float]") -> None:
        if not answer.cancelled():
            self.outboxes[home].answer(seq, heard=answer.result() < inf, now=clock.now())

    def _hear(self, topic: str, payload: bytes, retained: bool) -> None:
        home = HomeId(topic.rpartition("/")[2])
        if home in self.outboxes:
            self.outboxes[home].hear(payload, now=clock.now())

    def _came(self, homes: Sequence[HomeId]) -> None:
        connection = int(clock.now().timestamp() * 1000)
        for home in homes:
            self._lines[home].say(status(home, online=True, session=connection, at=clock.now()))
            self.outboxes[home].line_came()
            self._pump(home)
