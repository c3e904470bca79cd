"""What is wrong with who would be called: steps that never come, empty steps, gaps in rosters, homes with nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from alerts.escalation import PATIENCE
from alerts.plan import reachable
from contracts import Sentence, Severity
from homes.hours import open_at, shift_at
from homes.model import Home, Policy, PolicyStep, Responder, ResponderKind, Roster, Street, When
from homes.rosters import Gap, everybody, gaps

#: Rosters are looked at so far ahead.
AHEAD: Final = timedelta(days=28)
#: A week without a public holiday, from a Monday's midnight: whether hours and a shift ever meet is seen in it.
_A_MONDAY: Final = datetime(2026, 11, 2, tzinfo=UTC)
_WEEK_MINUTES: Final = range(0, 7 * 24 * 60, 5)


class Level(StrEnum):
    """How bad it is."""

    #: Somebody would not be called who must be.
    FAULT = "fault"
    #: It works, and could be better.
    HINT = "hint"


@dataclass(frozen=True, kw_only=True)
class Note:
    """Something that a person should mend, and where."""

    level: Level
    place: str
    text: Sentence


def notes_of(street: Street, now: datetime) -> tuple[Note, ...]:
    """Say everything that is wrong with a street's policies, rosters and lists; faults first."""
    found = [*_of_policies(street), *_of_rosters(street, now), *_of_homes(street)]
    return tuple(sorted(found, key=lambda note: note.level is Level.HINT))


def _of_policies(street: Street) -> Iterator[Note]:
    for policy in street.policies:
        homes = [home for home in street.homes if home.policy.policy_id == policy.policy_id]
        place = f"policies.{policy.policy_id}"
        if not homes:
            yield _hint(place, "이 정책을 쓰는 집이 없습니다", "no home uses this policy")
        if not any(_may_be(step.when, Severity.EMERGENCY) for step in policy.steps):
            yield _fault(
                place, "긴급에 해당하는 단계가 없습니다", "no step is for an emergency: only the supervisor would hear"
            )
        for number, step in enumerate(policy.steps):
            yield from _of_step(f"{place}.steps[{number}]", step, homes, street)


def _of_step(place: str, step: PolicyStep, homes: list[Home], street: Street) -> Iterator[Note]:
    why = _never(step.when, homes)
    if why:
        yield Note(level=Level.FAULT, place=place, text=why)
    elif homes and not any(_somebody(step, home, street) for home in homes):
        wanted = ", ".join([*step.kinds, *step.rosters])
        yield _fault(place, f"어느 집에도 부를 사람이 없습니다: {wanted}", f"nobody on this step in any home: {wanted}")


def _never(when: When, homes: list[Home]) -> Sentence | None:
    """Say why a step would never be taken, if it would not."""
    if when.severities and not any(severity in PATIENCE for severity in when.severities):
        return Sentence(ko="이 심각도에는 아무도 부르지 않습니다", en="nobody is called for these severities")
    if when.districts and homes and not any(home.district.district_id in when.districts for home in homes):
        return Sentence(ko="이 구역에 이 정책의 집이 없습니다", en="no home of this policy is in these districts")
    if (
        when.shift
        and when.hours
        and not any(_is_time(when, _A_MONDAY + timedelta(minutes=minute), "UTC") for minute in _WEEK_MINUTES)
    ):
        return Sentence(ko="근무 시간대와 시각이 겹치지 않습니다", en="the shift and the hours never meet")
    return None


def _may_be(when: When, severity: Severity) -> bool:
    return not when.severities or severity in when.severities


def _somebody(step: PolicyStep, home: Home, street: Street) -> bool:
    # A device is told where there is one.
    if {ResponderKind.OPERATOR, ResponderKind.IN_THE_HOME} & {*step.kinds}:
        return True
    if any(reachable(one) for one in home.responders if one.kind in step.kinds):
        return True
    return any(
        reachable(one) for roster in street.rosters if roster.roster_id in step.rosters for one in _on(roster, street)
    )


def _on(roster: Roster, street: Street) -> list[Responder]:
    return [one for one in street.responders if one.responder_id in everybody(roster)]


def _of_rosters(street: Street, now: datetime) -> Iterator[Note]:
    steps = [step for policy in _policies(street) for step in policy.steps]
    for roster in street.rosters:
        place = f"rosters.{roster.roster_id}"
        users = [step for step in steps if roster.roster_id in step.rosters]
        if not users:
            yield _hint(place, "이 당직표를 쓰는 단계가 없습니다", "no step names this roster")
        for one in _on(roster, street):
            if not reachable(one):
                who = one.responder_id
                yield _fault(place, f"{who}: 연락처가 없습니다", f"{who} is on duty and has no contact")
        yield from _of_gaps(place, roster, users, now)


def _policies(street: Street) -> list[Policy]:
    return [*street.policies, *(home.policy for home in street.homes)]


def _of_gaps(place: str, roster: Roster, users: list[PolicyStep], now: datetime) -> Iterator[Note]:
    """Tell of the first gap in which somebody would be called, and of how many follow it."""
    found = [gap for gap in gaps(roster, now, now + AHEAD) if _is_felt(gap, users, roster.timezone)]
    for meant in (False, True):
        alike = [gap for gap in found if gap.meant is meant]
        if not alike:
            continue
        zone = ZoneInfo(roster.timezone)
        first, more = alike[0], len(alike) - 1
        span = f"{first.from_at.astimezone(zone):%Y-%m-%d %H:%M} ~ {first.until_at.astimezone(zone):%Y-%m-%d %H:%M}"
        ko, en = (f" 외 {more}회", f", and {more} more") if more else ("", "")
        if meant:
            yield _hint(place, f"비워 둔 당직: {span}{ko}", f"nobody is meant to be on duty: {span}{en}")
        else:
            yield _fault(place, f"당직자가 없습니다: {span}{ko}", f"nobody is on duty: {span}{en}")


def _is_felt(gap: Gap, users: list[PolicyStep], timezone: str) -> bool:
    """Tell whether a step would call the roster in a gap: one for the night alone need not be kept by day."""
    minutes = range(0, int((gap.until_at - gap.from_at).total_seconds()) // 60 + 1, 5)
    moments = [gap.from_at + timedelta(minutes=minute) for minute in minutes]
    return any(_is_time(step.when, at, timezone) for step in users for at in moments if at < gap.until_at)


def _is_time(when: When, at: datetime, timezone: str) -> bool:
    return (when.shift is None or shift_at(at, timezone) is when.shift) and open_at(when.hours, at, timezone)


def _of_homes(street: Street) -> Iterator[Note]:
    for home in street.homes:
        place = f"homes.{home.home_id}"
        called = [one for one in home.responders if reachable(one) and one.kind is not ResponderKind.IN_THE_HOME]
        by_roster = any(
            _somebody(PolicyStep(after_seconds=0, rosters=step.rosters), home, street) for step in home.policy.steps
        )
        if not called and not by_roster:
            yield _fault(place, "동의하고 연락할 수 있는 사람이 없습니다", "nobody consented who can be reached")
        if not any(one.kind is ResponderKind.SUPERVISOR for one in called):
            yield _hint(
                place, "아무도 응답하지 않을 때 알릴 관리자가 없습니다", "no supervisor would hear that nobody answered"
            )
        if not home.entry and not any(one.has_key and one.consented for one in home.responders):
            yield _hint(
                place, "열쇠를 가진 사람도 출입 방법도 없습니다", "no key-holder, and no way in is written down"
            )


def _fault(place: str, ko: str, en: str) -> Note:
    return Note(level=Level.FAULT, place=place, text=Sentence(ko=ko, en=en))


def _hint(place: str, ko: str, en: str) -> Note:
    return Note(level=Level.HINT, place=place, text=Sentence(ko=ko, en=en))
