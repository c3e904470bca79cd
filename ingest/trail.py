"""The trail: what gateways said lately and what became of it, kept by reference until somebody asks."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import (
    MOST_HEARD,
    Became,
    HeardMessage,
    HeardMessages,
    HomeId,
    Objection,
    Reading,
    Refusal,
    Value,
    kind_of,
    partition_of,
)
from ingest.intake import Intake
from ingest.message import GatewayMessage

#: An engineer sees so much of a payload, of a topic, of a value, and so many of a message's readings.
SHOWN_PAYLOAD: Final = 512
SHOWN_TOPIC: Final = 256
SHOWN_VALUE: Final = 120
SHOWN_READINGS: Final = 20
SHOWN_DETAIL: Final = 200
#: A record stays far below what the topic takes, even when each of its messages is as large as it can be.
MOST_IN_A_RECORD: Final = 100

#: What is larger, or became more readings, is written down at once: kept whole it would hold megabytes of each home.
LARGE: Final = 8 * SHOWN_PAYLOAD

Heard = deque[tuple[GatewayMessage, Intake] | HeardMessage]


class Trail:
    """The last messages of each home since the last drain. Mutable, one owner.

    What is noted on the hot path is two references; what an engineer reads is written when it is drained. Only what is
    large is written at once.
    """

    def __init__(self) -> None:
        #: Messages that no registered home sent share one ring: anybody can make up names.
        self._rings: dict[HomeId | None, Heard] = {}

    def note(self, message: GatewayMessage, intake: Intake) -> None:
        """Keep a message and what became of it; a home that says too much loses its oldest."""
        ring = self._rings.get(intake.home_id)
        if ring is None:
            ring = self._rings[intake.home_id] = deque(maxlen=MOST_HEARD)
        large = len(message.payload) > LARGE or len(intake.readings) > SHOWN_READINGS
        ring.append(_heard(message, intake) if large else (message, intake))

    def drain(self, most: int | None = None) -> list[HeardMessage]:
        """Give what was noted since the last drain, or about `most` of it: a home's messages come together."""
        drained: list[HeardMessage] = []
        while self._rings and (most is None or len(drained) < most):
            home_id = next(iter(self._rings))
            drained += [each if isinstance(each, HeardMessage) else _heard(*each) for each in self._rings.pop(home_id)]
        return drained


def records(drained: Iterable[HeardMessage], *, partitions: int) -> Iterator[tuple[int, HeardMessages]]:
    """Cut what was drained into records, each with the partition on which it must go."""
    lanes: dict[int, list[HeardMessage]] = {}
    for heard in drained:
        lanes.setdefault(partition_of(heard.home_id, partitions=partitions), []).append(heard)
    for partition, lane in sorted(lanes.items()):
        for start in range(0, len(lane), MOST_IN_A_RECORD):
            yield partition, HeardMessages(messages=tuple(lane[start : start + MOST_IN_A_RECORD]))


def _heard(message: GatewayMessage, intake: Intake) -> HeardMessage:
    claimed = next((each.home_id for each in intake.refusals if each.home_id), None)
    return HeardMessage(
        home_id=intake.home_id or claimed or "",
        topic=message.topic[:SHOWN_TOPIC],
        received_at=message.received_at,
        observed_at=min((said for each in intake.readings if (said := _said(each))), default=None),
        retained=message.retained,
        duplicate=message.duplicate,
        payload=message.payload[:SHOWN_PAYLOAD],
        payload_bytes=len(message.payload),
        became=tuple(_became(reading) for reading in intake.readings[:SHOWN_READINGS]),
        readings=len(intake.readings),
        refusals=tuple(_objection(refusal) for refusal in intake.refusals),
        stranger=intake.home_id is None,
    )


def _said(reading: Reading) -> datetime | None:
    """Tell the sender's own time: before it was corrected, and only where there was one to believe."""
    if reading.clock_doubted or reading.observed_at == reading.received_at:
        return None
    return reading.observed_at - timedelta(seconds=reading.clock_offset_seconds)


def _became(reading: Reading) -> Became:
    return Became(sensor_id=reading.sensor_id, kind=kind_of(reading.value), value=_short(reading.value))


def _short(value: Value) -> str:
    told = ((name, getattr(value, name)) for name in value.__struct_fields__)
    return ", ".join(f"{name}={_word(part)}" for name, part in told if part is not None)[:SHOWN_VALUE]


def _word(part: object) -> str:
    return str(part).lower() if isinstance(part, bool) else str(part)


def _objection(refusal: Refusal) -> Objection:
    return Objection(reason=refusal.reason, detail=refusal.detail[:SHOWN_DETAIL], kept=refusal.kept)
