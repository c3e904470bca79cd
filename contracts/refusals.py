"""A refusal: what was turned away at the door, and why."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec


class RefusalReason(StrEnum):
    """Why a message, or a draft in it, was turned away. The word is also the metric's label."""

    TOO_LARGE = "too_large"
    BAD_TOPIC = "bad_topic"
    UNKNOWN_DIALECT = "unknown_dialect"
    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    NOT_PROTOBUF = "not_protobuf"
    WRONG_SHAPE = "wrong_shape"
    NOTHING_WE_KNOW = "nothing_we_know"
    UNDECLARED = "undeclared"
    DECLARED_TOO_MUCH = "declared_too_much"
    TEMPLATE_NOT_READ = "template_not_read"
    SEQUENCE_GAP = "sequence_gap"
    UNKNOWN_HOME = "unknown_home"
    WRONG_SHARD = "wrong_shard"
    ANOTHER_HOME = "another_home"
    RETAINED_REPLAY = "retained_replay"
    IMPOSSIBLE_VALUE = "impossible_value"
    TIME_UNREADABLE = "time_unreadable"
    TIME_TOO_OLD = "time_too_old"
    TIME_IN_FUTURE = "time_in_future"
    NO_FRAME = "no_frame"
    WRONG_CHECKSUM = "wrong_checksum"
    WRONG_LENGTH = "wrong_length"
    UNKNOWN_ACCOUNT = "unknown_account"
    UNKNOWN_CODE = "unknown_code"
    NOT_ENCRYPTED = "not_encrypted"
    UNDECIPHERABLE = "undecipherable"
    CLOCK_OFF = "clock_off"


#: What each reason means and what mends it, for the reference and for the engineer who reads the dead letters.
MENDS: Final[dict[RefusalReason, str]] = {
    RefusalReason.TOO_LARGE: "The payload is larger than DOLBOM_INGEST_LARGEST_PAYLOAD_BYTES; send it again in parts.",
    RefusalReason.BAD_TOPIC: "The topic is not home/<shard>/<home_id>/<dialect>/...; set the gateway's base topic.",
    RefusalReason.UNKNOWN_DIALECT: "The fourth part of the topic names no decoder; see the reference of topics.",
    RefusalReason.NOT_TEXT: "The payload is not UTF-8 where the dialect is text; look at the gateway's encoding.",
    RefusalReason.NOT_JSON: "The payload is text but not JSON; look at the gateway's template.",
    RefusalReason.NOT_PROTOBUF: "The payload is no protobuf of Sparkplug B; look at what the node publishes there.",
    RefusalReason.WRONG_SHAPE: "The JSON is not what the dialect promises; compare with the reference of dialects.",
    RefusalReason.NOTHING_WE_KNOW: "No field of the message is one that we know; add the device to its profile.",
    RefusalReason.UNDECLARED: "The gateway has not said what this topic or alias means; it is asked to say so again.",
    RefusalReason.DECLARED_TOO_MUCH: "A home's gateways declare more than is remembered; take back what is not used.",
    RefusalReason.TEMPLATE_NOT_READ: "No template is ever run; let the device send the value plain or as a JSON field.",
    RefusalReason.SEQUENCE_GAP: "A Sparkplug node's count jumped: something was lost; the node is asked for its birth.",
    RefusalReason.UNKNOWN_HOME: "No such home is registered; import it, or mend the gateway's topic.",
    RefusalReason.WRONG_SHARD: "The shard in the topic is not the home's; use the topic given at enrolment.",
    RefusalReason.ANOTHER_HOME: "The payload names another home than the topic; the gateway is set up for two homes.",
    RefusalReason.RETAINED_REPLAY: "A retained message is the broker's memory, not news; publish readings unretained.",
    RefusalReason.IMPOSSIBLE_VALUE: "The value is outside what physics or the unit allow; look at the sensor.",
    RefusalReason.TIME_UNREADABLE: "The time is neither ISO 8601 nor milliseconds since 1970; mend the template.",
    RefusalReason.TIME_TOO_OLD: "Observed over 24 h before arrival: kept at arrival time; set the gateway's clock.",
    RefusalReason.NO_FRAME: "The bytes are no DC-09 frame; look at the panel's protocol, and at who calls that port.",
    RefusalReason.WRONG_CHECKSUM: "The CRC-16/ARC of the frame does not fit: a bad line, or the panel has another sum.",
    RefusalReason.WRONG_LENGTH: "The frame's length is not its count of bytes; look at the panel's firmware.",
    RefusalReason.UNKNOWN_ACCOUNT: "No home has this account; add it: python -m ingest dc09 account add.",
    RefusalReason.UNKNOWN_CODE: "The account's profile does not name this event code; add it to a profile of your own.",
    RefusalReason.NOT_ENCRYPTED: "The account has a key, so a message in clear is not believed; set the panel's key.",
    RefusalReason.UNDECIPHERABLE: "The key of the account does not open the message; give the panel its key again.",
    RefusalReason.CLOCK_OFF: "Encrypted, and outside the time window: kept at arrival time; the panel is told ours.",
    RefusalReason.TIME_IN_FUTURE: "Observed over 2 min after arrival: kept at arrival time; set the gateway's clock.",
}


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
