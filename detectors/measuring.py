"""How a measurement is believed: from one word to the next, over observed time, and not for ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from contracts import WatchedHome
from detectors.concern import key_of
from detectors.measured import STEP_SECONDS, Gauge, Sample
from detectors.observed import observed_between
from detectors.occupancy import last_change
from detectors.state import HomeState, Told
from detectors.tracks import Track, began

#: A word is believed for so long of observed time: sensors check in every hour at least (domain facts, §6).
BELIEVED: Final = timedelta(minutes=90)
#: A longer pause between two words ends what held before it.
PAUSE_STEPS: Final = BELIEVED // timedelta(seconds=STEP_SECONDS)


def believed(state: HomeState, gauge: Gauge, now: datetime) -> bool:
    """Tell whether a sensor's newest word still holds; a gateway that was not heard takes nothing from it."""
    at = gauge.newest.at
    return now - at <= BELIEVED or observed_between(state.slots, at, now) <= BELIEVED


def since_step(track: Track, age: int, first_at: datetime | None, every: int = STEP_SECONDS) -> datetime:
    """Tell from when a row of steps counts; nothing holds from before the home was first heard."""
    at = began(track.step - age, every)
    return max(at, first_at) if first_at else at


def standing_told(state: HomeState, kind: str, about: str = "") -> Told | None:
    """Look up what was told and is not over."""
    return state.told.get(key_of(kind, about)) if state.told else None


def word_of(gauge: Gauge, told: Told | None) -> Sample:
    """Tell the word that counts: what was told live is not ended by a word that came late."""
    return gauge.newest if told is None or told.finding.late or gauge.live is None else gauge.live


def last_sign(state: HomeState, home: WatchedHome, now: datetime, told: Told | None = None) -> datetime | None:
    """Tell when somebody was last noticed, or passive watching last rested; None: not since we know the home."""
    rests = [hold.until_at for hold in home.holds if hold.until_at <= now]
    moments = [last_noticed(state, told), state.rested_until, *rests]
    return max((moment for moment in moments if moment), default=None)


def last_noticed(state: HomeState, told: Told | None = None) -> datetime | None:
    """Tell when somebody was last noticed; what was told live is not ended by a sign that came late."""
    live = told is not None and not told.finding.late
    active = state.active_live if live else state.active.at if state.active else None
    return max((moment for moment in (active, *_risen(state)) if moment), default=None)


def _risen(state: HomeState) -> Iterator[datetime]:
    """List when a bed or a chair last changed."""
    for row in state.occupancy.values():
        if changed := last_change(row):
            yield changed
