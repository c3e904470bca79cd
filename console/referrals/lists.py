"""Referrals as the pages show them: whose, to what, how far, and which are late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Alert
from alerts.outcomes import words_of
from console.people import place_of
from console.referrals.machine import acts_from
from console.referrals.model import Act, Line, Referral, Service, State
from console.rows import SYMBOLS, sentence_of
from console.spans import ZONE, clock_time
from console.words import Words
from contracts import HomeId, Severity
from homes.model import Home


@dataclass(frozen=True, kw_only=True)
class ReferralLine:
    """One referral of a list."""

    id: str
    home_id: HomeId
    name: str
    place: str
    dong: str
    service: Service
    provider: str
    state: State
    version: int
    asked: str
    asked_by: str
    due: str
    late: bool
    ended: str
    result: str
    satisfaction: str
    alert_id: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One line of a referral's log."""

    at: str
    by: str
    act: Act
    state: State
    text: str


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a referral comes from: the home, and the alert that showed the need."""

    home_id: HomeId
    name: str
    place: str
    alert_id: str = ""
    p: str = ""
    severity: Severity | None = None
    what: str = ""
    outcome: str = ""


def lines_of(
    referrals: Iterable[Referral], homes: Mapping[HomeId, Home], words: Words, now: datetime
) -> tuple[ReferralLine, ...]:
    """Write referrals in the order in which they came."""
    return tuple(_line(one, homes.get(one.home_id), words, now) for one in referrals)


def _line(one: Referral, home: Home | None, words: Words, now: datetime) -> ReferralLine:
    return ReferralLine(
        id=one.referral_id,
        home_id=one.home_id,
        name=home.resident.name if home else one.home_id,
        place=place_of(home),
        dong=home.district.dong if home else one.district_id,
        service=one.service,
        provider=one.provider,
        state=one.state,
        version=one.version,
        asked=clock_time(one.asked_at, now=now, zone=ZONE),
        asked_by=one.asked_by,
        due=one.due_on.isoformat(),
        late=one.overdue(now.astimezone(ZONE).date()),
        ended=clock_time(one.ended_at, now=now, zone=ZONE) if one.ended_at else "",
        result=words(f"referral.result.{one.outcome}") if one.outcome else "",
        satisfaction=_satisfaction(one, words),
        alert_id=one.alert_id or "",
        acts=acts_from(one),
    )


def _satisfaction(one: Referral, words: Words) -> str:
    if one.state is not State.COMPLETED:
        return ""
    return words("referral.not_asked") if one.satisfaction is None else f"{one.satisfaction} / 5"


def steps_of(log: Sequence[Line], now: datetime) -> tuple[StepLine, ...]:
    """Write a referral's log, newest line first."""
    return tuple(
        StepLine(at=clock_time(line.at, now=now, zone=ZONE), by=line.by, act=line.act, state=line.state, text=line.text)
        for line in reversed(log)
    )


def need_of(home: Home, alert: Alert | None, words: Words) -> Need:
    """Say for whom, and after which alert, somebody is referred."""
    need = Need(home_id=home.home_id, name=home.resident.name, place=place_of(home))
    if alert is None:
        return need
    said = words_of(alert.outcome.code) if alert.outcome else None
    ending = f"{alert.outcome.code} {said.ko if words.language == 'ko' else said.en}" if alert.outcome and said else ""
    return Need(
        home_id=need.home_id,
        name=need.name,
        place=need.place,
        alert_id=alert.alert_id,
        p=SYMBOLS[alert.severity],
        severity=alert.severity,
        what=sentence_of(alert, words),
        outcome=ending,
    )
