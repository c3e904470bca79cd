"""Not back in bed: somebody left it at night, and no other room sees them about."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Finding, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Occupancy
from detectors.concern import Concern, key_of
from detectors.gate import NEVER
from detectors.local_time import is_between
from detectors.looking import Look, Why, seconds
from detectors.observed import observed_between
from detectors.occupancy import empty_after
from detectors.rooms import BED, BEDROOM, INSIDE
from detectors.state import HomeState, watermark_age
from detectors.ways import in_bed
from detectors.whereabouts import expected_inside, sees
from detectors.wording import delayed, joined, span

KIND: Final = "out_of_bed"
#: Movement in another room only puts it off.
WAKES_ON: Final[frozenset[type]] = frozenset({Occupancy})
_NIGHT: Final = (22, 6)
#: Two moments of one night are no further apart, even when clocks are put back; those of two nights always are.
_LONGEST_NIGHT: Final = timedelta(hours=9)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a bed that was left at night and is empty for too long, while the other rooms are still."""
    ways = state.ways
    if ways is None or ways.bed_taken is None or state.watermark is None:
        return ()
    told, until = state.told.get(key_of(KIND)), min(now, state.watermark)
    if told is not None:
        return () if _over(state, told.finding) else (_concern(state, home, told.finding.since, until),)
    if in_bed(ways) or ways.bed_empty is None:  # quick: most of a night
        return ()
    limit = timedelta(seconds=home.plan.out_of_bed_seconds)
    if until - ways.bed_taken < limit:
        return ()
    since = left_at(state, ways.bed_taken) or ways.bed_empty
    if until - since < limit or not _same_night(home, since, until):
        return ()
    up = max(since, ways.up_at or since)
    still = timedelta(seconds=home.plan.out_of_bed_still_seconds)
    if observed_between(state.slots, up, until) < still:
        return ()
    patience = expected_inside(state, home, now).patience
    if observed_between(state.slots, since, until) < limit * patience or not _would_see(state, home, now):
        return ()
    return (_concern(state, home, since, until),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when a bed that is empty now has been so for too long."""
    ways = state.ways
    if ways is None or ways.bed_taken is None or ways.bed_empty is None or in_bed(ways):
        return NEVER
    since = left_at(state, ways.bed_taken) or ways.bed_empty
    if not is_between(since, home, *_NIGHT):
        return NEVER
    left = since + timedelta(seconds=home.plan.out_of_bed_seconds)
    still = timedelta(seconds=home.plan.out_of_bed_still_seconds)
    return left if ways.up_at is None else max(left, ways.up_at + still)


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how long the bed has been empty tonight."""
    what, ways = Sentence(ko="밤에 침대를 떠난 뒤", en="out of bed at night"), state.ways
    if ways is None or ways.bed_taken is None or ways.bed_empty is None:
        return ()
    until = min(now, state.watermark or now)
    limit = timedelta(seconds=home.plan.out_of_bed_seconds) * expected_inside(state, home, now).patience
    since = left_at(state, ways.bed_taken) or ways.bed_empty
    if not _same_night(home, since, until):
        return (Look(what=what, limit=limit.total_seconds(), why=Why.NOT_NOW),)
    empty_for = timedelta(0) if in_bed(ways) else observed_between(state.slots, since, until)
    return (seconds(what, empty_for, limit, why=None if _would_see(state, home, now) else Why.UNSEEN),)


def left_at(state: HomeState, taken: datetime) -> datetime | None:
    """Tell when a bed was first said to be empty after it was taken."""
    moments = (
        empty_after(row, taken)
        for sensor_id, row in state.occupancy.items()
        if (device := state.devices.get(sensor_id)) and device.place == BED
    )
    return min((moment for moment in moments if moment), default=None)


def _same_night(home: WatchedHome, since: datetime, until: datetime) -> bool:
    """Tell whether both moments are of one night: who rose before dawn is not out of bed the next evening."""
    return until - since <= _LONGEST_NIGHT and is_between(since, home, *_NIGHT) and is_between(until, home, *_NIGHT)


def _over(state: HomeState, told: Finding) -> bool:
    ways = state.ways
    if ways is None:
        return True
    signs = (ways.bed_taken, ways.up_at) if told.late else (ways.bed_live, ways.up_live)
    # Movement in another room that was known when it was told does not end it; what comes after does.
    return any(sign is not None and sign > _told_up(told) for sign in signs)


def _told_up(told: Finding) -> datetime:
    return datetime.fromisoformat(str(told.evidence.values["still_since"]))


def _would_see(state: HomeState, home: WatchedHome, now: datetime) -> bool:
    """Tell whether the bed and another room are watched by living sensors."""
    return sees(state, home, now, BED) and sees(state, home, now, INSIDE & ~(BED | BEDROOM))


def _concern(state: HomeState, home: WatchedHome, since: datetime, until: datetime) -> Concern:
    ways, age = state.ways, watermark_age(state)
    told = state.told.get(key_of(KIND))
    up = _told_up(told.finding) if told else max(since, (ways.up_at if ways else None) or since)
    away_for, still_for = observed_between(state.slots, since, until), observed_between(state.slots, up, until)
    length, quiet, bound = span(away_for), span(still_for), span(timedelta(seconds=home.plan.out_of_bed_seconds))
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=Severity.CAUTION,
        since=since,
        late=age is not None,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko=f"밤에 침대를 떠난 뒤 {length.ko}", en=f"out of bed at night for {length.en}"),
                Sentence(ko=f"한계 {bound.ko}", en=f"limit {bound.en}"),
                Sentence(ko=f"다른 방 움직임 없음 {quiet.ko}", en=f"no movement in other rooms for {quiet.en}"),
                delayed(age),
            ),
            values={
                "out_of_bed_seconds": away_for.total_seconds(),
                "still_seconds": still_for.total_seconds(),
                "still_since": up.isoformat(),
            },
            limit=float(home.plan.out_of_bed_seconds),
        ),
    )
