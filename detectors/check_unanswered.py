"""Checks stay unanswered: the home asked again and again whether all is well, and nobody said a word or moved.

Who asks, and when (two calls half an hour apart, then two by the dong ten minutes apart, seven at most), is no matter
of ours: each unanswered check is a word of the home.
"""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Voice
from detectors.concern import Concern
from detectors.gate import ALWAYS, NEVER
from detectors.looking import Look, times
from detectors.measured import Sample, Words, moment_of, standing_words
from detectors.measuring import last_sign, standing_told
from detectors.observed import observed_between
from detectors.state import HomeState
from detectors.whereabouts import expected_inside
from detectors.wording import joined, placed, room_of, span

KIND: Final = "check_unanswered"
WAKES_ON: Final[frozenset[type]] = frozenset({Voice})
#: So many unanswered checks in a row (domain facts, §7 no. 24: two by machine, two by a person, seven at most).
STEPS: Final = ((7, Severity.URGENT), (4, Severity.CAUTION), (2, Severity.NOTICE))
#: What lies longer ago belongs to another day's checks.
ROW: Final = timedelta(hours=24)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a row of checks that nobody answered, and after which nobody was noticed."""
    if state.measured is None or state.measured.checks is None:
        return ()
    checks, told = state.measured.checks, standing_told(state, KIND)
    row = _row(state, home, checks, now)
    step = next(((severity, least) for least, severity in STEPS if len(row) >= least), None)
    if step is None or checks.on is None or observed_between(state.slots, row[-1], now) >= ROW:
        return ()
    since, inside = told.finding.since if told else row[0], expected_inside(state, home, now)
    severity, least = step
    # Who is out does not answer: until the last attempt those who ask look themselves.
    worse = told is not None and told.finding.severity.rank < Severity.NOTICE.rank
    if inside.away and severity is Severity.CAUTION and not worse:
        severity = Severity.NOTICE
    return (_concern(home, checks.on, since, row, (severity, least), inside.sentence),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when to look again: always while the last check is unanswered, because a sign may be corrected."""
    checks = state.measured.checks if state.measured else None
    return ALWAYS if checks and checks.is_on else NEVER


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell how many checks in a row nobody answered."""
    checks = state.measured.checks if state.measured else None
    if checks is None:
        return ()
    return (
        times(
            Sentence(ko="무응답 안부 확인", en="checks not answered"), len(_row(state, home, checks, now)), STEPS[-1][0]
        ),
    )


def _row(state: HomeState, home: WatchedHome, checks: Words, now: datetime) -> list[datetime]:
    """List the checks in a row that nobody answered, and after which nobody was noticed."""
    told = standing_told(state, KIND)
    sign = last_sign(state, home, now, told)
    standing = (moment_of(word) for word in standing_words(checks, 0 if told else checks.late_off))
    words = [moment for moment in standing if sign is None or moment >= sign]
    return [moment for moment in words if words[-1] - moment < ROW]


def _concern(
    home: WatchedHome,
    last: Sample,
    since: datetime,
    row: list[datetime],
    step: tuple[Severity, int],
    inside: Sentence | None,
) -> Concern:
    severity, least = step
    lasting, room = span(row[-1] - row[0]), room_of(home, last.sensor_id)
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=severity,
        since=since,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(
                    ko=f"안부 확인 {len(row)}회 무응답 ({lasting.ko} 동안)",
                    en=f"{len(row)} checks not answered within {lasting.en}",
                ),
                Sentence(ko=f"한계 {least}회", en=f"limit {least}"),
                Sentence(ko="그 뒤 인기척 없음", en="nobody noticed since"),
                placed(room),
                inside,
            ),
            values={"checks": float(len(row)), "lasting_seconds": (row[-1] - row[0]).total_seconds()},
            limit=float(least),
            readings=(last.reading_id,),
            sensor_id=last.sensor_id,
            room=room or None,
        ),
    )
