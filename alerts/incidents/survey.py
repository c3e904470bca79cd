"""Which incidents there are now: opened, grown, shrunk or over, by what homes have lost and what we knew."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from alerts.incidents.explain import FEWEST, explain
from alerts.incidents.model import Incident, Loss, Shared
from contracts import HomeId

#: An incident that has fewer silent homes than this...
FEW: Final = 3
#: ...for so long is over: five homes whose lines come and go are one case and not ten.
LINGER: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What changed; an incident that stays as it is is in none of these."""

    opened: tuple[Incident, ...] = ()
    #: Grown, shrunk, or about to end.
    changed: tuple[Incident, ...] = ()
    over: tuple[Incident, ...] = ()


def survey(losses: Collection[Loss], known: Collection[Incident], sizes: Mapping[Shared, int], now: datetime) -> Survey:
    """Explain what is lost now.

    Who was in an open incident and is heard again still counts for the explanation. So what is explained depends on
    what has happened and not on the order in which we heard of it, and an incident that shrinks keeps its cause.
    """
    present = frozenset(losses)
    explained = explain({*present, *_remembered(known)}, sizes)
    before = {incident.shared: incident for incident in known}
    stays = {
        shared: _again(before[shared], explained[shared], present, now) for shared in before if shared in explained
    }
    opened = (_opened(shared, explained[shared], present, now) for shared in sorted(explained.keys() - before.keys()))
    return Survey(
        opened=tuple(incident for incident in opened if len(incident.homes) >= FEWEST),
        changed=tuple(one for shared, one in stays.items() if not one.over_at and one != before[shared]),
        over=tuple(
            stays.get(incident.shared, _over(incident, now))
            for incident in known
            if incident.shared not in stays or stays[incident.shared].over_at
        ),
    )


def _remembered(known: Iterable[Incident]) -> Iterable[Loss]:
    return (loss for incident in known for loss in incident.losses)


def _opened(shared: Shared, losses: Collection[Loss], present: Collection[Loss], now: datetime) -> Incident:
    cause, key = shared
    return Incident(
        incident_id=blake2b(
            "\x1f".join(("incident", cause, key, now.isoformat())).encode(), digest_size=12
        ).hexdigest(),
        cause=cause,
        key=key,
        opened_at=now,
        began_at=min(loss.since for loss in losses),
        losses=_in_order(losses),
        homes=_silent(losses, present),
    )


def _again(incident: Incident, losses: Collection[Loss], present: Collection[Loss], now: datetime) -> Incident:
    homes = _silent(losses, present)
    low_since = (incident.low_since or now) if len(homes) < FEW else None
    if low_since and now - low_since >= LINGER:
        return _over(incident, now)
    then = replace(incident, losses=_in_order(losses), homes=homes, low_since=low_since)
    return then if then == incident else replace(then, version=incident.version + 1)


def _over(incident: Incident, now: datetime) -> Incident:
    return replace(incident, homes=(), over_at=now, version=incident.version + 1)


def _silent(losses: Iterable[Loss], present: Collection[Loss]) -> tuple[HomeId, ...]:
    return tuple(sorted({loss.home_id for loss in losses if loss in present}))


def _in_order(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    return tuple(sorted(losses, key=lambda loss: (loss.home_id, loss.since)))
