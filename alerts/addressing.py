"""Where a call goes: to which contact of whom, in which language."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.model import Notification, Purpose
from alerts.sheet import is_for_119
from alerts.telling import RESIDENT
from homes.asking import asks_by
from homes.model import Contact, Home, Responder


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """To whom a call goes, and by what."""

    contact: Contact
    language: str
    #: 119 gets the sheet of the case with the call.
    with_sheet: bool = False


def addressed(
    call: Notification, home: Home, *, rosters: Iterable[Responder] = (), by_voice: bool = False
) -> Addressed | None:
    """Find a call's contact; None: the list was changed after the call was made."""
    if call.responder_id == RESIDENT:
        contact = asks_by(home, by_voice=by_voice)
        return Addressed(contact=contact, language=home.resident.language) if contact else None
    for one in (*home.responders, *rosters):
        if one.responder_id == call.responder_id and call.contact < len(one.contacts):
            contact = one.contacts[call.contact]
            asked = call.purpose is Purpose.HELP and is_for_119(one, contact)
            return Addressed(contact=contact, language=one.language, with_sheet=asked)
    return None
