"""A month of referrals for the meeting of a dong (통합돌봄회의): counts by service, and every case without a name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from console.referrals.model import Referral, Service, State
from console.sheets import csv_of
from console.spans import ZONE
from console.words import Words

_DECEMBER: Final = 12


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month by the centre's clock."""

    first: date

    @property
    def begins(self) -> datetime:
        """Tell its first moment."""
        return datetime.combine(self.first, time(), tzinfo=ZONE)

    @property
    def after(self) -> date:
        """Tell the first day of the next."""
        year, month = (
            (self.first.year + 1, 1) if self.first.month == _DECEMBER else (self.first.year, self.first.month + 1)
        )
        return date(year, month, 1)

    @property
    def before(self) -> date:
        """Tell the first day of the one before."""
        year, month = (
            (self.first.year - 1, _DECEMBER) if self.first.month == 1 else (self.first.year, self.first.month - 1)
        )
        return date(year, month, 1)

    @property
    def ends(self) -> datetime:
        """Tell the first moment after it."""
        return datetime.combine(self.after, time(), tzinfo=ZONE)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, kw_only=True)
class Count:
    """What came of the referrals to one service in one dong in a month."""

    district_id: str
    service: Service | None
    asked: int
    completed: int
    declined: int
    cancelled: int
    #: Still open when the month ended, or now.
    open: int
    #: Of those, the ones whose day was past.
    overdue: int
    #: How many of the completed ones were asked, and what they said together.
    rated: int
    stars: int

    @property
    def satisfaction(self) -> str:
        """Write the mean; without an answer there is none."""
        return f"{self.stars / self.rated:.1f}" if self.rated else ""


def counts_of(referrals: Iterable[Referral], month: Month, now: datetime) -> tuple[Count, ...]:
    """Count a month by dong and service; the last line counts all."""
    of: dict[tuple[str, Service], list[Referral]] = {}
    every = list(referrals)
    for one in every:
        of.setdefault((one.district_id, one.service), []).append(one)
    order = list(Service)
    keys = sorted(of, key=lambda key: (key[0], order.index(key[1])))
    lines = [_count(key[0], key[1], of[key], month, now) for key in keys]
    return (*lines, _count("", None, every, month, now))


def _count(district: str, service: Service | None, some: Sequence[Referral], month: Month, now: datetime) -> Count:
    ended = [one for one in some if one.ended_at and month.begins <= one.ended_at < month.ends]
    left = [one for one in some if not one.ended_at or one.ended_at >= month.ends]
    seen = min(month.ends, now).astimezone(ZONE).date()
    rated = [one.satisfaction for one in ended if one.satisfaction is not None]
    return Count(
        district_id=district,
        service=service,
        asked=sum(month.begins <= one.asked_at < month.ends for one in some),
        completed=sum(one.state is State.COMPLETED for one in ended),
        declined=sum(one.state is State.DECLINED for one in ended),
        cancelled=sum(one.state is State.CANCELLED for one in ended),
        open=len(left),
        overdue=sum(one.due_on < seen for one in left),
        rated=len(rated),
        stars=sum(rated),
    )


def counts_csv(counts: Iterable[Count], dongs: Mapping[str, str], words: Words) -> str:
    """Write the counts as a file that spreadsheets open with Hangul."""
    head = ("dong", "service", "asked", "completed", "declined", "cancelled", "open", "overdue", "rated", "mean")
    body = [
        (
            dongs.get(one.district_id, one.district_id),
            words(f"service.{one.service}") if one.service else words("council.all"),
            one.asked,
            one.completed,
            one.declined,
            one.cancelled,
            one.open,
            one.overdue,
            one.rated,
            one.satisfaction,
        )
        for one in counts
    ]
    return csv_of([[words(f"council.column.{name}") for name in head], *body])


def cases_csv(referrals: Iterable[Referral], dongs: Mapping[str, str], words: Words) -> str:
    """Write every case: by the home's id, without a name, a number or what anybody wrote."""
    head = ("dong", "home", "service", "provider", "state", "asked_on", "due_on", "ended_on", "result", "satisfaction")
    body = [
        (
            dongs.get(one.district_id, one.district_id),
            one.home_id,
            words(f"service.{one.service}"),
            one.provider,
            words(f"referral.state.{one.state}"),
            f"{one.asked_at.astimezone(ZONE):%Y-%m-%d}",
            one.due_on.isoformat(),
            f"{one.ended_at.astimezone(ZONE):%Y-%m-%d}" if one.ended_at else "",
            words(f"referral.result.{one.outcome}") if one.outcome else "",
            "" if one.satisfaction is None else one.satisfaction,
        )
        for one in referrals
    ]
    return csv_of([[words(f"council.column.{name}") for name in head], *body])
