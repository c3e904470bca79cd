"""Bring what panels say to Kafka, and answer each only after Kafka has it."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ingest.dc09 import metrics
from ingest.dc09.accounts import Account, Accounts
from ingest.dc09.cipher import BLOCK
from ingest.dc09.frame import Frame, parse
from ingest.dc09.meanings import Profile
from ingest.dc09.reception import Answer, Call, Rules, mark_of, place_call, receive, refusal, reply, sameness
from ingest.dc09.repeats import Repeats, Sent
from ingest.dc09.sockets import Listens
from ingest.intake import Intake
from ingest.kafka import Publisher
from ingest.message import Malformed
from runtime import clock
from runtime.kafka import producing
from runtime.lifecycle import Life
from runtime.settings import Settings

#: A message that waits longer for Kafka means that we are not doing our work.
PATIENCE_SECONDS: Final = 5.0
#: No panel waits longer for an answer; it has long sent the same again.
ANSWER_SECONDS: Final = 30.0

#: Becomes true once Kafka has all of a message, false when that producer failed.
Way = asyncio.Future[bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A frame that was heard, and how its panel will be answered once Kafka has it."""

    answer: Answer = Answer.NOTHING
    frame: Frame | None = None
    key: bytes | None = None
    way: Way | None = None
    sent: Sent[Way] | None = None
    heard_at: float = 0.0
    #: It came of a known account.
    proven: bool = False


class Receiver:
    """What is known of accounts and of messages on their way, and one producer at a time."""

    def __init__(self, settings: Settings, life: Life, profiles: Mapping[str, Profile]) -> None:
        self._settings = settings
        self._life = life
        self._rules = Rules(
            profiles=profiles,
            behind=timedelta(seconds=settings.dc09.behind_seconds),
            ahead=timedelta(seconds=settings.dc09.ahead_seconds),
            late_after=timedelta(seconds=settings.ingest.late_after_seconds),
        )
        self._accounts = Accounts()
        self._repeats: Repeats[Way] = Repeats()
        #: What is on its way to Kafka, and since when.
        self._ways: dict[Way, float] = {}
        self._publisher: Publisher | None = None
        #: The accounts are known; before that every panel would be refused as unknown.
        self.loaded = asyncio.Event()

    def know(self, accounts: Iterable[Account]) -> None:
        """Believe these accounts from now on."""
        self._accounts = Accounts(accounts)
        metrics.accounts.set(len(self._accounts))
        self.loaded.set()

    @property
    def unanswered(self) -> int:
        """How many messages are on their way."""
        return len(self._ways)

    async def run(self) -> None:
        """Publish for ever; after a failed send begin again with a new producer."""
        while True:
            self._life.set_ready(False, "kafka does not take records")
            async with producing(self._settings.kafka) as producer:
                publisher = Publisher(
                    producer,
                    self._settings.kafka,
                    linger_seconds=self._settings.ingest.linger_milliseconds / 1000,
                    listened=False,  # we hear no gateway of the bridges: our batches say nothing of their silence
                )
                self._publisher = publisher
                await self._attend(publisher)
                self._publisher = None
                for way in [*self._ways]:
                    _settle(way, stored=False)
                await publisher.given_up()
            await self._life.rest(0.5)

    async def _attend(self, publisher: Publisher) -> None:
        while not publisher.failed.is_set():
            waiting = clock.ticks() - next(iter(self._ways.values()), clock.ticks())
            metrics.waiting_seconds.set(waiting)
            metrics.unanswered.set(len(self._ways))
            taken = waiting < PATIENCE_SECONDS
            self._life.set_ready(taken, "" if taken else "kafka does not take records")
            self._life.turned("receiver")
            try:
                async with asyncio.timeout(1.0):
                    await publisher.failed.wait()
            except TimeoutError:
                continue

    def hear(self, body: bytes | Malformed, transport: str) -> Waiting:
        """Take what a line cut out of its bytes, and send it on its way to Kafka."""
        if isinstance(body, Malformed):
            return self._turn_away(body, b"")
        frame = parse(body)
        if isinstance(frame, Malformed):
            # Not one word back to a frame that does not fit its checksum: the standard's receiver is silent too.
            return self._turn_away(frame, body)
        metrics.frames.labels(transport=transport).inc()
        account = self._accounts.find(frame)
        call = place_call(frame, account, received_at=clock.now(), body=body)
        if call is None:
            return Waiting()
        if isinstance(call, Malformed):
            metrics.faults.labels(reason=call.reason).inc()
            dead = refusal(call, clock.now(), body, account)
            way = self._send(Intake(refusals=(dead,), home_id=account.home_id if account else None))
            key = account.key if account else None
            return Waiting(answer=Answer.DUH, frame=frame, key=key, way=way, heard_at=clock.ticks())
        return self._take(call)

    def _turn_away(self, fault: Malformed, body: bytes) -> Waiting:
        metrics.faults.labels(reason=fault.reason).inc()
        self._send(Intake(refusals=(refusal(fault, clock.now(), body),)))
        return Waiting()

    def _take(self, call: Call) -> Waiting:
        frame, account, now = call.frame, call.account, clock.ticks()
        same = sameness(account, frame, call.content)
        # A sign of life means nothing but now: the next one is another, even if it looks the same.
        known = None if frame.token == "NULL" else self._repeats.find(same, said=call.content.said, now=now)
        sent = known or Sent(
            mark=mark_of(account, frame, call.content, call.received_at), said=call.content.said, heard_at=now
        )
        reception = receive(call, self._rules, mark=sent.mark)
        if sent.way is None or _failed(sent.way):
            self._count(reception.intake, reception.ignored)
            sent.way = self._send(reception.intake)
            if sent.way:
                sent.way.add_done_callback(lambda way: _note(sent, way))
        else:
            metrics.repeats.inc()
        if frame.token != "NULL":
            self._repeats.keep(same, sent)
        return Waiting(
            answer=reception.answer,
            frame=frame,
            key=account.key,
            way=sent.way,
            sent=sent,
            heard_at=now,
            proven=True,
        )

    def _count(self, intake: Intake, ignored: int) -> None:
        metrics.ignored.inc(ignored)
        for each in intake.refusals:
            metrics.faults.labels(reason=each.reason).inc()

    def _send(self, intake: Intake) -> Way | None:
        """Publish, or answer None when nothing more can be taken: the panel gets no answer and sends it again."""
        if (
            self._publisher is None
            or self._publisher.failed.is_set()
            or len(self._ways) >= self._settings.ingest.window
        ):
            return None
        way: Way = asyncio.get_running_loop().create_future()
        self._ways[way] = clock.ticks()
        way.add_done_callback(self._arrived)
        ticket = self._publisher.put(intake)
        ticket.done = lambda: _settle(way, stored=True)
        return way

    def _arrived(self, way: Way) -> None:
        self._ways.pop(way, None)

    async def answered(self, waiting: Waiting, listens: Listens) -> bytes | None:
        """Wait until Kafka has it, and write the answer; None: say nothing, so that the panel sends it again.

        Only who still listens was answered: a panel that left before says it again, and may have set a new time in it.
        """
        stored = await self._stored(waiting)
        answer = waiting.answer if stored else Answer.NOTHING
        metrics.answers.labels(answer=answer).inc()
        if not stored or waiting.frame is None:
            return None
        if waiting.sent and answer is not Answer.NAK and listens():
            waiting.sent.answered = True
        metrics.answer_seconds.observe(clock.ticks() - waiting.heard_at)
        return reply(answer, waiting.frame, waiting.key, now=clock.now(), noise=secrets.token_bytes(BLOCK))

    async def _stored(self, waiting: Waiting) -> bool:
        if waiting.way is None:
            return False
        await asyncio.wait({waiting.way}, timeout=ANSWER_SECONDS)
        return waiting.way.done() and waiting.way.result()


def _note(sent: Sent[Way], way: Way) -> None:
    if way.result():
        sent.stored_at = clock.ticks()


def _failed(way: Way) -> bool:
    return way.done() and not way.result()


def _settle(way: Way, *, stored: bool) -> None:
    if not way.done():
        way.set_result(stored)
