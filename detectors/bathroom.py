"""In the bathroom for too long: somebody went in, and no other room, door or bed has seen them since."""

from datetime import datetime, timedelta
from typing import Final

from contracts import Evidence, Finding, Hazard, Sentence, Severity, WatchedHome
from contracts.values import Contact, HelpButton, Medication, Motion, Presence, Voice, WaterFlow
from detectors.concern import Concern, key_of
from detectors.diary import Day, days_of, highest
from detectors.gate import NEVER
from detectors.local_time import is_between
from detectors.looking import Look, Why, seconds
from detectors.observed import observed_between
from detectors.rooms import BATHROOM, BED, BEDROOM, INSIDE, place_of
from detectors.state import HomeState, watermark_age
from detectors.ways import Ways, bathed_since
from detectors.whereabouts import sees
from detectors.wording import delayed, joined, span

KIND: Final = "bathroom"
#: Whatever may be a sign in the bathroom: one that comes out of order, however little, begins a stay in the past.
WAKES_ON: Final[frozenset[type]] = frozenset({Motion, Presence, Contact, Medication, WaterFlow, HelpButton, Voice})
#: Of the home's own longest stays, one in two hundred may be longer (domain facts, §7 no. 10).
_SHARE: Final = 0.995
_LEAST_DAYS: Final = 14
#: Where stays longer than an hour are seen on more days than this, nobody sees people leave the bathroom.
_UNSEEN_SHARE: Final = 0.1
_NIGHT: Final = (22, 6)


def judge(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Concern, ...]:
    """See a stay in the bathroom that lasts; any other room ends it at once."""
    ways = state.ways
    if ways is None or ways.bath_at is None or state.watermark is None:
        return ()
    told = state.told.get(key_of(KIND))
    # Quick: most of the time somebody was seen elsewhere after the bathroom.
    if told is None and ways.elsewhere_at is not None and ways.elsewhere_at >= ways.bath_at:
        return ()
    since = _since(ways, told.finding if told else None)
    until = min(now, state.watermark)
    least = min(home.plan.bathroom_night_seconds, home.plan.bathroom_caution_seconds)
    if since is None or until - since < timedelta(seconds=least):
        return ()
    night = is_between(until, home, *_NIGHT)
    limit = _limit(ways, home, night=night)
    inside_for = observed_between(state.slots, since, until)
    if told is None and (limit is None or inside_for < limit or not _would_see(state, home, now, night=night)):
        return ()
    return (_concern(state, home, since, inside_for, limit or timedelta(seconds=least)),)


def due(state: HomeState, home: WatchedHome) -> datetime:
    """Tell when the stay that lasts is too long; movement elsewhere only puts it off."""
    ways = state.ways
    if ways is None or ways.bath_at is None or (ways.elsewhere_at is not None and ways.elsewhere_at >= ways.bath_at):
        return NEVER
    since = bathed_since(ways, ways.elsewhere_at) or ways.bath_at
    return since + timedelta(seconds=min(home.plan.bathroom_night_seconds, home.plan.bathroom_caution_seconds))


def look(state: HomeState, home: WatchedHome, now: datetime) -> tuple[Look, ...]:
    """Tell for how long the stay in the bathroom that is not over has lasted."""
    what, ways = Sentence(ko="욕실 체류", en="in the bathroom"), state.ways
    if not any(place_of(sensor) == BATHROOM for sensor in home.sensors):
        return (Look(what=what, why=Why.NO_SENSOR),)
    if ways is None or ways.bath_at is None:
        return ()
    until = min(now, state.watermark or now)
    night = is_between(until, home, *_NIGHT)
    limit, since = _limit(ways, home, night=night), bathed_since(ways, ways.elsewhere_at)
    if limit is None or not _would_see(state, home, now, night=night):
        return (Look(what=what, why=Why.UNSEEN),)
    elsewhere = ways.elsewhere_at is not None and ways.elsewhere_at >= ways.bath_at
    stayed = timedelta(0) if elsewhere or since is None else observed_between(state.slots, since, until)
    return (seconds(what, stayed, limit),)


def _since(ways: Ways, told: Finding | None) -> datetime | None:
    if told is None:
        return bathed_since(ways, ways.elsewhere_at)
    # What comes late can neither end nor shorten what was told while it lasted.
    elsewhere = ways.elsewhere_at if told.late else ways.elsewhere_live
    return None if elsewhere and elsewhere > told.since else told.since


def _limit(ways: Ways, home: WatchedHome, *, night: bool) -> timedelta | None:
    """Tell from when on it worries; None where people are not seen to leave the bathroom."""
    hard = timedelta(seconds=home.plan.bathroom_emergency_seconds)
    days = days_of(ways, newest=60)
    if len(days) >= _LEAST_DAYS and sum(day.long_bath > hard for day in days) > len(days) * _UNSEEN_SHARE:
        return None
    if night:
        return timedelta(seconds=home.plan.bathroom_night_seconds)
    return min(max(_own(days), timedelta(seconds=home.plan.bathroom_caution_seconds)), hard)


def _own(days: list[Day]) -> timedelta:
    return highest([day.long_bath for day in days], _SHARE) if len(days) >= _LEAST_DAYS else timedelta()


def _would_see(state: HomeState, home: WatchedHome, now: datetime, *, night: bool) -> bool:
    """Tell whether a living sensor would see somebody leave: at night that of the bedroom."""
    return sees(state, home, now, BEDROOM | BED if night else INSIDE ^ BATHROOM)


def _concern(state: HomeState, home: WatchedHome, since: datetime, inside_for: timedelta, limit: timedelta) -> Concern:
    hard = timedelta(seconds=home.plan.bathroom_emergency_seconds)
    grave = inside_for >= hard
    bound = hard if grave else limit
    age = watermark_age(state)
    length, most = span(inside_for), span(bound)
    sensor = next((one for one in home.sensors if _sees_bathroom(state, one.sensor_id)), None)
    return Concern(
        kind=KIND,
        hazard=Hazard.STILLNESS,
        severity=Severity.EMERGENCY if grave else Severity.CAUTION,
        since=since,
        late=age is not None,
        evidence=Evidence(
            rule=f"{KIND}/1",
            sentence=joined(
                Sentence(ko=f"욕실에 들어간 뒤 {length.ko}", en=f"in the bathroom for {length.en}"),
                Sentence(ko=f"한계 {most.ko}", en=f"limit {most.en}"),
                Sentence(ko="다른 곳에서 움직임 없음", en="seen nowhere else"),
                delayed(age),
            ),
            values={"inside_seconds": inside_for.total_seconds()},
            limit=bound.total_seconds(),
            sensor_id=sensor.sensor_id if sensor else None,
            room=sensor.room if sensor else None,
            readings=(state.active.reading_id,) if state.active else (),
        ),
    )


def _sees_bathroom(state: HomeState, sensor_id: str) -> bool:
    device = state.devices.get(sensor_id)
    return device is not None and device.place == BATHROOM
