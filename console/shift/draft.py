"""What the system puts together for a handover: everything open, promised, held, broken, and what went wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Alert
from alerts.protection import unprotected_of
from alerts.shifts.model import Draft, Facts, Item, Part
from alerts.shifts.signing import needs_sentence
from console.people import name_of, place_of
from console.rows import SYMBOLS, sentence_of
from console.spans import ZONE, clock_time
from console.words import Language, Words
from contracts import AlertState, HomeId, Severity
from homes.model import Home


@dataclass(frozen=True, kw_only=True)
class Open:
    """What is so when a shift ends."""

    alerts: Sequence[Alert]
    #: Of the homes that are not protected, open or closed.
    losses: Sequence[Alert]
    #: What must be followed up.
    due: Sequence[Alert]
    facts: Facts
    homes: Mapping[HomeId, Home]


def draft_of(found: Open, outgoing: str, since: datetime, words: Words, now: datetime) -> Draft:
    """Put the draft together, the worst first."""
    people = [alert for alert in found.alerts if alert.severity is not Severity.DEVICE]
    devices = [alert for alert in found.alerts if alert.severity is Severity.DEVICE]
    order = sorted(people, key=lambda alert: (alert.severity.rank, alert.opened_at, alert.alert_id))
    return Draft(
        items=tuple(_item(alert, found.homes.get(alert.home_id), outgoing, words) for alert in order),
        parts=(
            Part(key="promises", lines=tuple(_promises(found, words, now))),
            Part(key="holds", lines=tuple(_holds(found.homes.values(), since, words, now))),
            Part(key="unprotected", lines=tuple(_unprotected(found, words, now))),
            Part(key="devices", lines=tuple(_short(alert, found.homes, words, now) for alert in devices)),
            Part(key="failed", lines=tuple(_failed(found, words, now))),
        ),
        flood_minutes=found.facts.flood_minutes,
    )


def _item(alert: Alert, home: Home | None, outgoing: str, words: Words) -> Item:
    return Item(
        alert_id=alert.alert_id,
        p=SYMBOLS[alert.severity],
        severity=alert.severity,
        name=f"{name_of(home, alert)} {place_of(home)}".strip(),
        what=sentence_of(alert, words),
        state=words(f"state.{alert.state}"),
        owner=alert.owner or "",
        needs=needs_sentence(alert, outgoing),
        moves=alert.owner == outgoing,
    )


def _promises(found: Open, words: Words, now: datetime) -> Iterator[str]:
    """Name what somebody said they would look at again, and by when."""
    watched = [alert for alert in found.alerts if alert.state is AlertState.WATCHING and alert.due_at]
    for alert in sorted(watched, key=lambda alert: alert.due_at or now):
        until = clock_time(alert.due_at or now, now=now, zone=ZONE)
        yield words("shift.watched", until=until, what=_about(alert, found.homes, words))
    for alert in found.due:
        by = clock_time(alert.follow_up_at, now=now, zone=ZONE) if alert.follow_up_at else ""
        yield words("shift.follow_up", until=by, what=_about(alert, found.homes, words))
    for alert in found.alerts:
        if alert.state is AlertState.HANDED_OVER:
            yield words("shift.elsewhere", centre=alert.centre or "", what=_about(alert, found.homes, words))


def _holds(homes: Iterable[Home], since: datetime, words: Words, now: datetime) -> Iterator[str]:
    """Name the homes whose watching rests, those that began in this shift marked."""
    for home in homes:
        for hold in home.holds:
            if hold.from_at <= now < hold.until_at:
                new = words("shift.new_hold") if hold.from_at >= since else ""
                until = clock_time(hold.until_at, now=now, zone=ZONE)
                kind = words.texts.get(f"hold.{hold.kind}", hold.kind)
                yield words("shift.hold", name=home.resident.name, kind=kind, until=until, new=new).strip()


def _unprotected(found: Open, words: Words, now: datetime) -> Iterator[str]:
    for one in unprotected_of(found.losses, found.homes):
        why = one.sentence.ko if words.language is Language.KO else one.sentence.en
        yield f"{place_of(one.home) or one.home_id} · {why} · {clock_time(one.since, now=now, zone=ZONE)}"


def _failed(found: Open, words: Words, now: datetime) -> Iterator[str]:
    for call in found.facts.failed:
        home = found.homes.get(HomeId(call.home_id))
        named = {one.responder_id: one.name for one in home.responders} if home else {}
        who = next((name for key, name in named.items() if key == call.responder_id), call.responder_id)
        yield f"{clock_time(call.settled_at, now=now, zone=ZONE)} {who} · {words(f'channel.{call.channel}')}"


def _short(alert: Alert, homes: Mapping[HomeId, Home], words: Words, now: datetime) -> str:
    return f"{_about(alert, homes, words)} · {clock_time(alert.since, now=now, zone=ZONE)}"


def _about(alert: Alert, homes: Mapping[HomeId, Home], words: Words) -> str:
    return f"{name_of(homes.get(alert.home_id), alert)} · {sentence_of(alert, words)}"
