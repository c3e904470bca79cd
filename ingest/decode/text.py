"""From bytes to JSON values, with the reason when they are none."""

from typing import Final

import msgspec

from contracts import RefusalReason
from ingest.message import Malformed

_any: Final = msgspec.json.Decoder()


def json_of(payload: bytes) -> object | Malformed:
    """Read JSON of any shape."""
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        return Malformed(reason=RefusalReason.NOT_TEXT, detail=f"expected UTF-8, byte {error.start} is not")
    try:
        value: object = _any.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Malformed(reason=RefusalReason.NOT_JSON, detail=f"expected JSON, got {type(error).__name__}")
    return value
