"""The raw view: a gateway's messages as an engineer reads them, on the page and as NDJSON."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

import msgspec

from console.spans import ZONE
from console.words import Words
from contracts import HeardMessage, Objection, RefusalReason
from contracts.refusals import MENDS

#: A device's clock may be so far off before the page points at it; ahead is worse, for time has not come yet.
_AHEAD: Final = timedelta(seconds=2)
_BEHIND: Final = timedelta(seconds=-60)
#: A payload that is no text is shown in groups of so many bytes.
_GROUP: Final = 2


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why something was turned away, and what mends it."""

    code: RefusalReason
    detail: str
    mend: str
    kept: bool


@dataclass(frozen=True, kw_only=True)
class MessageRow:
    """One message, in the reader's words."""

    #: The same message has the same key however often it is read: the page adds only what it does not show.
    key: str
    topic: str
    arrived: str
    day: str
    device_time: str
    skew: str
    skewed: bool
    flags: tuple[str, ...]
    became: tuple[tuple[str, str, str], ...]
    more: int
    reasons: tuple[Reason, ...]
    refused: bool
    payload: str
    is_text: bool
    size: int
    cut: int


def message_rows(heard: Iterable[HeardMessage], words: Words, *, refused_only: bool = False) -> list[MessageRow]:
    """Write messages as rows, in the order in which they come."""
    rows = [_row(one, words) for one in heard]
    return [row for row in rows if row.reasons] if refused_only else rows


def ndjson(heard: Iterable[HeardMessage]) -> bytes:
    """Write messages one JSON object a line; a payload that is no text stands there as base64 only."""
    return b"".join(msgspec.json.encode(_line(one)) + b"\n" for one in heard)


def mend_of(reason: RefusalReason, words: Words) -> str:
    """Say what mends a refusal; a reason of tomorrow is told in English rather than not at all."""
    return words.texts.get(f"mend.{reason}", MENDS[reason])


def text_of_payload(payload: bytes) -> str | None:
    """Read a payload as text; None when a person could not read it."""
    try:
        # The last character may have been cut in two.
        text = payload.decode(errors="strict")
    except UnicodeDecodeError as error:
        if error.start < len(payload) - 3 or error.reason != "unexpected end of data":
            return None
        text = payload[: error.start].decode()
    return text if all(letter.isprintable() or letter in "\r\n\t" for letter in text) else None


def skew_of(heard: HeardMessage) -> timedelta | None:
    """Tell how far the sender's time lies from its arrival: below zero is behind."""
    return heard.observed_at - heard.received_at if heard.observed_at else None


def seconds_of(skew: timedelta) -> str:
    """Write a skew with its sign, to a tenth of a second."""
    # A clock that is right is not behind: no "-0.0".
    return f"{round(skew.total_seconds(), 1) or 0.0:+,.1f}".replace("-", "\N{MINUS SIGN}")


def _row(heard: HeardMessage, words: Words) -> MessageRow:
    skew, text = skew_of(heard), text_of_payload(heard.payload)
    local = heard.received_at.astimezone(ZONE)
    flags = {"retained": heard.retained, "duplicate": heard.duplicate, "stranger": heard.stranger}
    return MessageRow(
        key=f"{heard.received_at:%Y%m%d%H%M%S%f}-{crc32(heard.topic.encode() + heard.payload):08x}",
        topic=heard.topic,
        arrived=_wall_clock(local),
        day=f"{local:%Y-%m-%d %H:%M:%S.%f %z}",
        device_time=_wall_clock(heard.observed_at.astimezone(ZONE)) if heard.observed_at else "",
        skew=seconds_of(skew) if skew is not None else "",
        skewed=skew is not None and not _BEHIND <= skew <= _AHEAD,
        flags=tuple(words(f"eng.flag.{name}") for name, wears in flags.items() if wears),
        became=tuple((one.sensor_id, one.kind, one.value) for one in heard.became),
        more=heard.readings - len(heard.became),
        reasons=tuple(_reason(one, words) for one in heard.refusals),
        refused=any(not one.kept for one in heard.refusals),
        payload=heard.payload.hex(" ", _GROUP) if text is None else text,
        is_text=text is not None,
        size=heard.payload_bytes,
        cut=heard.payload_bytes - len(heard.payload),
    )


def _reason(objection: Objection, words: Words) -> Reason:
    mend = mend_of(objection.reason, words)
    return Reason(code=objection.reason, detail=objection.detail, mend=mend, kept=objection.kept)


def _wall_clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"


def _line(heard: HeardMessage) -> dict[str, object]:
    skew = skew_of(heard)
    return {
        "home_id": heard.home_id,
        "topic": heard.topic,
        "received_at": _instant(heard.received_at),
        "observed_at": _instant(heard.observed_at) if heard.observed_at else None,
        "skew_seconds": round(skew.total_seconds(), 3) if skew is not None else None,
        "retained": heard.retained,
        "duplicate": heard.duplicate,
        "stranger": heard.stranger,
        "became": heard.became,
        "readings": heard.readings,
        "refusals": [
            {"reason": one.reason, "detail": one.detail, "kept": one.kept, "mend": MENDS[one.reason]}
            for one in heard.refusals
        ],
        "payload_text": text_of_payload(heard.payload),
        "payload_base64": base64.b64encode(heard.payload).decode(),
        "payload_bytes": heard.payload_bytes,
    }


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
