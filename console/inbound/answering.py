"""What came of something that came in, and what we say in answer to an answer."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from alerts.model import Notification, Purpose

#: Somebody's machine that answers our machine is asked so often, and no more.
MOST_UNCLEAR: Final = 2


class Outcome(StrEnum):
    """What came of an inbound request; the word is also the answer and the metric's label."""

    DONE = "done"
    #: It was carried out before.
    AGAIN = "again"
    #: The provider says that it is still at it.
    ON_THE_WAY = "on_the_way"
    UNKNOWN_CALL = "unknown_call"
    #: Nobody whom we call has this number.
    UNKNOWN_SENDER = "unknown_sender"
    NO_OPEN_CALL = "no_open_call"
    #: They were called, and are on the list no more.
    NOT_ON_THE_LIST = "not_on_the_list"
    UNCLEAR = "unclear"
    NOTHING_ASKED = "nothing_asked"
    VERIFIED = "verified"
    TOO_MUCH = "too_much"
    NOT_PROVED = "not_proved"
    UNREADABLE = "unreadable"


def answer_to(call: Notification, purpose: Purpose, mark: str, now: datetime) -> Notification:
    """Make the message that answers somebody's answer, by the way it came; the same mark is the same message."""
    parts = ("answer", call.notification_id, purpose, mark)
    name = blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()
    return replace(call, notification_id=name, purpose=purpose, called_at=now, send_at=None, insisted=False)
