"""Who is called for an incident: each supervisor once, however many of their homes it has."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Final

from alerts.incidents.model import Incident, Trouble
from alerts.model import Notification, Purpose
from alerts.plan import reachable
from contracts import HomeId
from homes.model import Home, Responder, ResponderKind

#: A device's trouble calls nobody by itself. Many at once are for those who answer for a district.
CALLED: Final = frozenset({ResponderKind.SUPERVISOR})


def calls_of(
    incident: Incident, homes: Iterable[Home], troubles: Mapping[HomeId, Trouble], now: datetime
) -> Iterator[Notification]:
    """Call the supervisors of these homes; each call is about the most vulnerable home of theirs."""
    called: set[str] = set()
    for home in sorted(homes, key=lambda home: (-home.vulnerability, home.home_id)):
        for person in home.responders:
            if person.kind in CALLED and reachable(person) and person.responder_id not in called:
                called.add(person.responder_id)
                yield _call(incident, troubles[home.home_id], person, now)


def _call(incident: Incident, trouble: Trouble, person: Responder, now: datetime) -> Notification:
    # Derived from the incident: whoever was called for it once is not called again while it grows.
    parts = ("incident", incident.incident_id, person.responder_id)
    return Notification(
        notification_id=blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest(),
        alert_id=trouble.alert_id,
        home_id=trouble.home_id,
        responder_id=person.responder_id,
        channel=person.contacts[0].channel,
        contact=0,
        step=0,
        purpose=Purpose.INCIDENT,
        severity=trouble.severity,
        hazard=trouble.hazard,
        since=incident.began_at,
        called_at=now,
    )
