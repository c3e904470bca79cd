"""A look: what a detector measures at a moment, the limit in force, and why it says nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from contracts import Sentence, WatchedHome
from detectors.state import HomeState


class Unit(StrEnum):
    """What a look's numbers count."""

    SECONDS = "seconds"
    PERCENT = "percent"
    TIMES = "times"
    CELSIUS = "celsius"


class Why(StrEnum):
    """Why a detector says nothing."""

    BELOW_LIMIT = "below_limit"
    NOTHING_SEEN = "nothing_seen"
    NO_SENSOR = "no_sensor"
    NEVER_HEARD = "never_heard"
    NOT_OBSERVED = "not_observed"
    ON_HOLD = "on_hold"
    AWAY = "away"
    LEARNING = "learning"
    NOT_NOW = "not_now"
    UNSEEN = "unseen"
    SWITCHED_OFF = "switched_off"
    OUT_OF_SERVICE = "out_of_service"


REASONS: Final = {
    Why.BELOW_LIMIT: Sentence(ko="한계에 이르지 않음", en="below the limit"),
    Why.NOTHING_SEEN: Sentence(ko="해당 사항 없음", en="nothing of the kind was seen"),
    Why.NO_SENSOR: Sentence(ko="이런 센서가 등록되어 있지 않음", en="no such sensor is registered"),
    Why.NEVER_HEARD: Sentence(ko="아직 들은 적 없음", en="never heard yet"),
    Why.NOT_OBSERVED: Sentence(
        ko="관찰되지 않음: 집이 말하지 않는 동안은 세지 않음", en="not observed: the home is silent"
    ),
    Why.ON_HOLD: Sentence(ko="보류 중", en="a hold is in force"),
    Why.AWAY: Sentence(ko="외출 중으로 보임", en="nobody seems to be at home"),
    Why.LEARNING: Sentence(ko="아직 배우는 중", en="too little is known yet"),
    Why.NOT_NOW: Sentence(ko="지금은 해당 시간이 아님", en="not at this hour"),
    Why.UNSEEN: Sentence(ko="볼 수 있는 센서가 없음", en="no living sensor would see it"),
    Why.SWITCHED_OFF: Sentence(ko="꺼져 있음", en="switched off in the plan"),
    Why.OUT_OF_SERVICE: Sentence(ko="관찰하지 않는 집", en="the home is not watched"),
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """One measurement beside its limit."""

    #: What is measured.
    what: Sentence
    value: float | None = None
    limit: float | None = None
    unit: Unit = Unit.SECONDS
    #: The value worries below its limit, not above it.
    falling: bool = False
    #: The sensor that it is about; empty: the whole home.
    about: str = ""
    #: Why nothing is said, where it is another reason than the distance to the limit.
    why: Why | None = None

    @property
    def left(self) -> float | None:
        """Tell how far the value is from its limit; below zero it is past it."""
        if self.value is None or self.limit is None:
            return None
        return self.value - self.limit if self.falling else self.limit - self.value


@runtime_checkable
class Looking(Protocol):
    """A detector that can say what it looks at."""

    def look(self, state: HomeState, home: WatchedHome, now: datetime, /) -> tuple[Look, ...]:
        """Tell what is measured now, whether or not it is a concern."""


def seconds(
    what: Sentence, value: timedelta | None, limit: timedelta, *, about: str = "", why: Why | None = None
) -> Look:
    """Look at a length of time."""
    length = None if value is None else value.total_seconds()
    return Look(what=what, value=length, limit=limit.total_seconds(), about=about, why=why)


def times(what: Sentence, value: float, limit: float, *, about: str = "") -> Look:
    """Look at a count."""
    return Look(what=what, value=float(value), limit=float(limit), unit=Unit.TIMES, about=about)
