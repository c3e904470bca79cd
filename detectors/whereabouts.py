"""Home or away, as a probability: what the front door, movement, the bed and holds say together.

A door and then nobody moving is how a home sounds when its resident has left, and how it sounds when they have come
back and fallen in the hall. So away grows likelier with every minute, and is never certain.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import Final

from contracts import HoldKind, Sentence, WatchedHome
from detectors.observed import observed_between
from detectors.rooms import DOOR
from detectors.sensor_silent import last_heard, silent_limit, unreachable_since
from detectors.state import HomeState
from detectors.ways import in_bed

#: After a door somebody who is at home moves: 19 of 20 with a mean of three minutes, the others of an hour (ours; at
#: 15 minutes, the rule of domain facts §7 no. 14, it leaves 4 % for "at home").
_SOON_SHARE: Final = 0.95
_SOON: Final = timedelta(minutes=3)
_LATER: Final = timedelta(hours=1)
#: Movement so soon after the door may be whoever is just leaving.
SETTLED_AFTER: Final = timedelta(minutes=1)
#: The odds that somebody who moves within that minute has stayed.
_PASSING: Final = 10.0
#: Found at home when at home: 0.975; found away when away: 0.939 (Tanaka, domain facts §7 no. 14).
_SEEN: Final = 0.98
_NO_DOOR_HEARD: Final = 0.939
#: Without a door that speaks: of silences of an hour and more a fifth are absences (data facts §3: 14 to 26 %).
_UNCERTAIN: Final = 0.8
_UNCERTAIN_AFTER: Final = timedelta(hours=1)
#: Movement in a home with pets is theirs so often; with several residents it is another's.
_PETS_MOVE: Final = 0.6
_ANOTHER_MOVES: Final = 0.5
#: What a hold does to the odds: people forget to take it back, and to enter it.
_HOLDS: Final = {HoldKind.AWAY: 0.05, HoldKind.HOSPITAL: 0.02, HoldKind.VISITOR: 4.0}
#: From here on a passive rule asks for its whole limit and no more. A home whose door does not speak reaches it: what
#: cannot be told must not make everybody wait.
_SURE: Final = 0.8
_AWAY_BELOW: Final = 0.5
#: The odds of a chance are not quite the chance.
_ROUNDING: Final = 1e-9
#: So many times its limit is what a passive rule waits in a home that is most likely empty.
MOST_PATIENCE: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """Whether somebody is expected inside, for a passive rule to weigh."""

    probability: float
    #: What a limit of a passive rule is multiplied by: 1 when somebody is surely inside, 3 when nobody seems to be.
    patience: float
    #: For the evidence; None when there is nothing to doubt.
    sentence: Sentence | None = None

    @property
    def away(self) -> bool:
        """Tell whether the home is more likely empty than not."""
        return self.probability < _AWAY_BELOW


def expected_inside(state: HomeState, home: WatchedHome, now: datetime) -> Expectation:
    """Answer every passive rule alike: how likely somebody is inside, and how much longer to wait because of it."""
    probability = probability_home(state, home, now)
    if probability >= _SURE - _ROUNDING:
        return Expectation(probability=probability, patience=1.0)
    percent = round(probability * 100)
    return Expectation(
        probability=probability,
        patience=1.0 + (MOST_PATIENCE - 1.0) * (1.0 - probability / _SURE),
        sentence=Sentence(ko=f"집에 있을 확률 {percent} %", en=f"at home with a probability of {percent} %"),
    )


def probability_home(state: HomeState, home: WatchedHome, now: datetime) -> float:
    """Tell how likely the resident is at home; without a door that speaks it is never certain."""
    chance = _seen(state, home, now)
    odds = chance / (1.0 - chance)
    for hold in home.holds:
        if hold.from_at <= now < hold.until_at:
            odds *= _HOLDS.get(hold.kind, 1.0)
    return odds / (1.0 + odds)


def sees(state: HomeState, home: WatchedHome, now: datetime, places: int) -> bool:
    """Tell whether one of these places is watched by a sensor that spoke, and is not known to be dead."""
    for sensor in home.sensors:
        device = state.devices.get(sensor.sensor_id)
        if device is None or not device.place & places or sensor.sensor_id not in state.sensor_heard:
            continue
        if unreachable_since(state, sensor.sensor_id):
            continue
        heard, limit = last_heard(state, sensor), silent_limit(sensor, home.plan)
        if heard is None or limit is None or now - heard < limit:
            return True
    return False


def _seen(state: HomeState, home: WatchedHome, now: datetime) -> float:
    ways = state.ways
    if ways is None or (ways.inside_at is None and ways.door_at is None):
        return _UNCERTAIN
    door, inside = ways.door_at, ways.inside_at
    if in_bed(ways) and (door is None or ways.bed_taken is None or ways.bed_taken >= door):
        return _SEEN
    if not sees(state, home, now, DOOR):
        return _fading(state, home, inside, now, _UNCERTAIN) if inside else _UNCERTAIN
    if inside is None or (door and door > inside):
        return _after_door(state, home, door or now, now, 1.0)
    if door and inside - door < SETTLED_AFTER:
        return max(min(_moved(home), _after_door(state, home, inside, now, _PASSING)), 0.5)
    return _fading(state, home, inside, now, _NO_DOOR_HEARD)


def _moved(home: WatchedHome) -> float:
    """Movement after the last door: somebody is inside; how likely it is the resident, other beings decide."""
    if home.plan.pets:
        return 0.5 / (0.5 + 0.5 * _PETS_MOVE)
    if home.plan.residents > 1:
        return 0.5 / (0.5 + 0.5 * _ANOTHER_MOVES)
    return _SEEN


def _after_door(state: HomeState, home: WatchedHome, since: datetime, now: datetime, stays: float) -> float:
    still_for = observed_between(state.slots, since, now)
    silent = _SOON_SHARE * exp(-still_for / _SOON) + (1.0 - _SOON_SHARE) * exp(-still_for / _LATER)
    # Where several live, whoever went through the door may have left another behind.
    odds = stays * home.plan.residents * silent
    return max(odds / (1.0 + odds), 0.01)


def _fading(state: HomeState, home: WatchedHome, since: datetime, now: datetime, least: float) -> float:
    """Movement proves less as it grows old: a door may have been missed."""
    seen = _moved(home)
    still_for = observed_between(state.slots, since, now)
    return seen - max(seen - least, 0.0) * min(still_for / _UNCERTAIN_AFTER, 1.0)
