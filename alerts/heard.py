"""What we last heard of a finding: how a repeat and a late record are recognised."""

from dataclasses import dataclass
from datetime import datetime

from contracts import AlertId, Finding, FindingId, Hazard, HomeId, Phase, Severity


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What we last heard of a finding, so that a repeat or a late record is recognised."""

    finding_id: FindingId
    home_id: HomeId
    hazard: Hazard
    #: The worst that it was told with.
    severity: Severity
    phase: Phase
    told_at: datetime
    test: bool = False
    #: The alert that it last belonged to.
    alert_id: AlertId | None = None
    #: How many alerts it has opened.
    openings: int = 0


def newest(heard: Heard | None, finding: Finding) -> Heard:
    """Merge a finding into what we heard of it: the latest phase, the worst severity, live once it was live."""
    if heard is None:
        return Heard(
            finding_id=finding.finding_id,
            home_id=finding.home_id,
            hazard=finding.hazard,
            severity=finding.severity,
            phase=finding.phase,
            told_at=finding.told_at,
            test=finding.test,
        )
    told_at, _, phase = max(_moment(heard.told_at, heard.phase), _moment(finding.told_at, finding.phase))
    return Heard(
        finding_id=heard.finding_id,
        home_id=heard.home_id,
        hazard=heard.hazard,
        severity=min(heard.severity, finding.severity, key=lambda severity: severity.rank),
        phase=phase,
        told_at=told_at,
        test=heard.test and finding.test,
        alert_id=heard.alert_id,
        openings=heard.openings,
    )


def said(before: Heard | None, finding: Finding) -> Severity | None:
    """Tell how bad a record says that it is now; None: it is old, and no worse than what was known."""
    if before is None or finding.told_at >= before.told_at or finding.severity.rank < before.severity.rank:
        return finding.severity
    return finding.severity if before.test and not finding.test else None


_ORDER = (Phase.BEGAN, Phase.HOLDS, Phase.ENDED)


def _moment(told_at: datetime, phase: Phase) -> tuple[datetime, int, Phase]:
    return told_at, _ORDER.index(phase), phase
