"""A concern: what worries a detector now, before anybody is told."""

from dataclasses import dataclass
from datetime import datetime

from contracts import Evidence, Finding, FindingId, Hazard, HomeId, Phase, Severity, finding_id


@dataclass(frozen=True, kw_only=True)
class Concern:
    """What a detector sees in a home's state; `watch` decides whether it began, still holds or ended."""

    kind: str
    hazard: Hazard
    severity: Severity
    since: datetime
    evidence: Evidence
    #: The sensor that it is about; empty when it is about the whole home.
    about: str = ""
    #: True: it lasts until it is over, and then it is told as ended. False: it happened, is told again for a
    #: while and then falls silent, because only a person can say that it is over.
    lasting: bool = True
    #: It comes from readings that were late.
    late: bool = False

    @property
    def key(self) -> str:
        """Name the place that it takes among what a home has been told of."""
        mark = "" if self.lasting else f"/{self.since.isoformat()}"
        return key_of(self.kind, self.about) + mark


def key_of(kind: str, about: str = "") -> str:
    """Name the place of a lasting concern."""
    return f"{kind}/{about}"


def id_of(home_id: HomeId, concern: Concern) -> FindingId:
    """Name the finding; two sensors of a home that alarm at once have two names."""
    return finding_id(home_id, f"{concern.kind}/{concern.about}" if concern.about else concern.kind, concern.since)


def told(concern: Concern, home_id: HomeId, *, phase: Phase, test: bool, now: datetime) -> Finding:
    """Tell a concern."""
    return Finding(
        finding_id=id_of(home_id, concern),
        home_id=home_id,
        kind=concern.kind,
        hazard=concern.hazard,
        severity=concern.severity,
        phase=phase,
        since=concern.since,
        told_at=now,
        evidence=concern.evidence,
        late=concern.late,
        test=test,
    )
