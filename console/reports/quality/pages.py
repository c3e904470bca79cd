"""The sample as its readers see it: what is still to be read, and what is overdue."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.outcomes import OUTCOME_WORDS
from alerts.wording import HAZARD_WORDS
from console.reports.quality.sample import Drawn, Look, Mark, Point, Review
from console.reports.saying import say
from console.spans import ZONE
from console.words import Words


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case of the sample."""

    alert_id: str
    why: str
    operator: str
    opened: str
    dong: str
    what: str
    outcome: str
    #: Who read it first, and second; empty: nobody yet.
    first: str
    second: str
    second_by: str
    overdue: bool

    @property
    def done(self) -> bool:
        """Tell whether nothing is left to do."""
        return bool(self.first and (self.second or not self.second_by))


@dataclass(frozen=True, kw_only=True)
class Said:
    """One reading as it was written down."""

    at: str
    by: str
    look: Look
    points: tuple[tuple[Point, Mark], ...]
    remark: str


def lines_of(
    drawn: Iterable[Drawn], reviews: Mapping[str, Sequence[Review]], words: Words, now: datetime
) -> tuple[Line, ...]:
    """Write the sample: what is left to do first, the oldest before the newest."""
    lines = [_line(one, reviews.get(one.case.alert_id, ()), words, now) for one in drawn]
    return tuple(sorted(lines, key=lambda line: (line.done, not line.overdue, line.opened, line.alert_id)))


def _line(drawn: Drawn, reviews: Sequence[Review], words: Words, now: datetime) -> Line:
    case, by = drawn.case, {review.look: review.by for review in reversed(reviews)}
    return Line(
        alert_id=case.alert_id,
        why=words(f"why.{drawn.why}"),
        operator=case.answered_by or "–",
        opened=_moment(case.opened_at),
        dong=case.dong or "–",
        what=say(HAZARD_WORDS[case.hazard], words),
        outcome=say(OUTCOME_WORDS[case.outcome], words) if case.outcome else "–",
        first=by.get(Look.FIRST, ""),
        second=by.get(Look.SECOND, ""),
        second_by=_moment(drawn.second_by) if drawn.second_by else "",
        overdue=drawn.second_by is not None and Look.SECOND not in by and now > drawn.second_by,
    )


def said_of(reviews: Iterable[Review]) -> list[Said]:
    """Write the readings of one case."""
    return [
        Said(
            at=_moment(review.at),
            by=review.by,
            look=review.look,
            points=tuple((point, review.points[point]) for point in Point if point in review.points),
            remark=review.remark,
        )
        for review in reviews
    ]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
