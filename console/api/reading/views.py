"""Homes and alerts as other systems see them."""

from alerts.model import Alert, LogLine
from alerts.outcomes import Outcome, words_of
from console.api.shapes import (
    AlertOut,
    DistrictOut,
    HoldOut,
    HomeLine,
    HomeOut,
    LineOut,
    OutcomeOut,
    ResidentOut,
    SensorOut,
)
from console.timeline import told
from console.words import Words
from contracts import Sentence
from homes.model import Home


def tag_of(version: int) -> str:
    """Write a version as an ETag."""
    return f'"{version}"'


def home_line(home: Home) -> HomeLine:
    """Tell of a home without its resident."""
    return HomeLine(
        home_id=home.home_id,
        version=home.version,
        district=_district(home),
        timezone=home.timezone,
        watched=home.watched,
        vulnerability=home.vulnerability,
    )


def home_out(home: Home) -> HomeOut:
    """Tell of a home with its resident."""
    who = home.resident
    return HomeOut(
        home_id=home.home_id,
        version=home.version,
        district=_district(home),
        timezone=home.timezone,
        watched=home.watched,
        vulnerability=home.vulnerability,
        address=home.address,
        resident=ResidentOut(name=who.name, birth_year=who.birth_year, sex=who.sex, language=who.language),
        sensors=tuple(SensorOut(sensor_id=one.sensor_id, kind=one.kind, room=one.room) for one in home.sensors),
        holds=tuple(HoldOut(kind=one.kind, from_at=one.from_at, until_at=one.until_at) for one in home.holds),
    )


def _district(home: Home) -> DistrictOut:
    place = home.district
    return DistrictOut(district_id=place.district_id, city=place.city, gu=place.gu, dong=place.dong)


def alert_out(alert: Alert, language: str) -> AlertOut:
    """Tell of an alert, its sentences in a language of the house."""
    return AlertOut(
        alert_id=alert.alert_id,
        version=alert.version,
        home_id=alert.home_id,
        hazard=alert.hazard,
        kind=alert.kind,
        severity=alert.severity,
        state=alert.state,
        stage=alert.stage,
        test=alert.test,
        late=alert.late,
        opened_at=alert.opened_at,
        since=alert.since,
        due_at=alert.due_at,
        owner=alert.owner,
        restored_at=alert.restored_at,
        resolved_at=alert.resolved_at,
        repeats=alert.repeats,
        again=alert.again,
        what=_in(alert.evidence.sentence, language),
        values=alert.evidence.values,
        limit=alert.evidence.limit,
        outcome=_outcome(alert.outcome, language) if alert.outcome else None,
        follow_up=alert.follow_up,
        closed_at=alert.closed_at,
    )


def line_out(line: LogLine, words: Words) -> LineOut:
    """Tell of a line of an alert's log."""
    return LineOut(
        version=line.version,
        at=line.at,
        change=line.change,
        reason=line.reason,
        by=line.by,
        text=line.text,
        step=line.step,
        words=told(line, None, words),
    )


def _outcome(outcome: Outcome, language: str) -> OutcomeOut:
    return OutcomeOut(
        code=outcome.code,
        words=_in(words_of(outcome.code), language),
        resolved_by=outcome.resolved_by,
        minutes=outcome.minutes,
        rule_at_fault=outcome.rule_at_fault,
    )


def _in(sentence: Sentence, language: str) -> str:
    return sentence.en if language == "en" else sentence.ko
