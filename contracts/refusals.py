"""A refusal: what was turned away at the door, and why."""

from datetime import datetime
from enum import StrEnum

import msgspec


class RefusalReason(StrEnum):
    """Why a message, or a draft in it, was turned away. The word is also the metric's label."""

    TOO_LARGE = "too_large"
    BAD_TOPIC = "bad_topic"
    UNKNOWN_DIALECT = "unknown_dialect"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    NOTHING_WE_KNOW = "nothing_we_know"
    UNKNOWN_HOME = "unknown_home"
    WRONG_SHARD = "wrong_shard"
    ANOTHER_HOME = "another_home"
    RETAINED_REPLAY = "retained_replay"
    IMPOSSIBLE_VALUE = "impossible_value"
    TIME_UNREADABLE = "time_unreadable"
    TIME_TOO_OLD = "time_too_old"
    TIME_IN_FUTURE = "time_in_future"


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A record on `readings.refused`."""

    reason: RefusalReason
    #: What was expected and what came, without personal data.
    detail: str
    topic: str
    received_at: datetime
    #: The home that the topic names, whether or not we know it.
    home_id: str | None = None
    #: The first bytes of the payload, so that an engineer can see what it was.
    payload: bytes = b""
    payload_bytes: int = 0
    #: The value was kept all the same (a doubted clock); this record only says so.
    kept: bool = False
