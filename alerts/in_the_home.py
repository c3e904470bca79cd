"""The siren and the speaker of a home: told beside people, never in their place."""

from collections.abc import Iterable, Sequence
from typing import Final

from contracts import Hazard
from homes.model import Contact, Responder, ResponderKind

_SIREN: Final = "siren"
#: Whoever is there must get out, asleep or not. At somebody who fell or asked for help nothing howls.
_LOUD: Final = frozenset({Hazard.FIRE, Hazard.GAS, Hazard.CARBON_MONOXIDE})


def people(called: Iterable[Responder]) -> list[Responder]:
    """Leave out what is not somebody."""
    return [one for one in called if one.kind is not ResponderKind.IN_THE_HOME]


def devices(called: Iterable[Responder]) -> list[Responder]:
    """Name what sounds or speaks."""
    return [one for one in called if one.kind is ResponderKind.IN_THE_HOME]


def suiting(contacts: Sequence[Contact], hazard: Hazard) -> list[int]:
    """Find the devices that are for a hazard: all of them at once, but a siren only where one must get out."""
    return [place for place, contact in enumerate(contacts) if hazard in _LOUD or not is_siren(contact)]


def is_siren(contact: Contact) -> bool:
    """Tell whether a device is loud and says nothing."""
    return contact.address.partition(":")[0] == _SIREN
