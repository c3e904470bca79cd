"""From bytes to JSON values, with the reason when they are none."""

from typing import Final

import msgspec

from contracts import RefusalReason
from ingest.message import Malformed

#: What a device says at once has so few parts; one that says more holds up every home that shares the bridge with it.
MOST_PARTS: Final = 2_500

#: The same of what is a list of devices, of records, or of messages.
MOST_LISTED: Final = 30_000

_any: Final = msgspec.json.Decoder()


def json_of(payload: bytes, *, most_parts: int = MOST_PARTS) -> object | Malformed:
    """Read JSON of any shape; what is no list of devices or records has few parts."""
    if len(payload) > most_parts and payload.count(b",") > most_parts:  # each part but the first needs one
        return Malformed(reason=RefusalReason.TOO_LARGE, detail=f"expected at most {most_parts} values in a message")
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        return Malformed(reason=RefusalReason.NOT_TEXT, detail=f"expected UTF-8, byte {error.start} is not")
    try:
        value: object = _any.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Malformed(reason=RefusalReason.NOT_JSON, detail=f"expected JSON, got {type(error).__name__}")
    return value
