"""What a gateway said, word for word, and what became of it: for the engineer's raw view."""

from datetime import datetime
from typing import Final

import msgspec

from contracts.refusals import RefusalReason

#: A gateway's ring holds so many messages.
MOST_HEARD: Final = 200


class Became(msgspec.Struct, frozen=True, kw_only=True):
    """One reading that a message became."""

    sensor_id: str
    kind: str
    #: The value in short, as the decoder read it: "active=true".
    value: str = ""


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for which a message, or a part of it, was turned away."""

    reason: RefusalReason
    #: What was expected and what came, in our words.
    detail: str = ""
    #: The value was kept all the same (a doubted clock).
    kept: bool = False


class HeardMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One MQTT publication as it arrived, beside what it was decoded as or why it was refused."""

    #: The home that the topic names, or as much of it as there is; no home of ours when `stranger`.
    home_id: str
    topic: str
    received_at: datetime
    #: The oldest time that the gateway itself gave; None: it gave none that could be read.
    observed_at: datetime | None = None
    retained: bool = False
    #: The broker's hint that we may have had it before.
    duplicate: bool = False
    #: Its first bytes.
    payload: bytes = b""
    payload_bytes: int = 0
    #: The first of its readings; `readings` counts all.
    became: tuple[Became, ...] = ()
    readings: int = 0
    refusals: tuple[Objection, ...] = ()
    #: No registered home sent it: its topic names none, or one that we do not know.
    stranger: bool = False


class HeardMessages(msgspec.Struct, frozen=True, kw_only=True):
    """A record on `gateway-messages`: messages of one partition's homes, each home's in the order of arrival."""

    messages: tuple[HeardMessage, ...] = ()
