"""What is worth a line of all that is told: a concern began, grew worse, or ended."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from contracts import Finding, FindingId, Phase, Sentence, Severity


class Turn(StrEnum):
    """What became of a concern."""

    BEGAN = "began"
    WORSE = "worse"
    ENDED = "ended"


WORDS = {
    Turn.BEGAN: Sentence(ko="시작", en="began"),
    Turn.WORSE: Sentence(ko="악화", en="worse"),
    Turn.ENDED: Sentence(ko="끝", en="ended"),
}
SEVERITIES = {
    Severity.EMERGENCY: Sentence(ko="긴급", en="emergency"),
    Severity.URGENT: Sentence(ko="위험", en="urgent"),
    Severity.CAUTION: Sentence(ko="주의", en="caution"),
    Severity.NOTICE: Sentence(ko="관심", en="notice"),
    Severity.DEVICE: Sentence(ko="장비", en="device"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One turn of one concern."""

    turn: Turn
    finding: Finding


@dataclass(kw_only=True)
class Story:
    """The turns of a flow of findings, and what was counted. Mutable: one replay owns it."""

    began: Counter[str] = field(default_factory=Counter)
    #: What has begun and not ended; what does not last is never told as ended.
    open: dict[FindingId, Finding] = field(default_factory=dict)

    def lines(self, findings: Iterable[Finding]) -> Iterator[Line]:
        """Tell the turns; what only holds on is left out."""
        for finding in findings:
            turn = self._turn(finding)
            if turn is not None:
                yield Line(turn=turn, finding=finding)

    def _turn(self, finding: Finding) -> Turn | None:
        known = self.open.get(finding.finding_id)
        if finding.phase is Phase.ENDED:
            self.open.pop(finding.finding_id, None)
            return Turn.ENDED
        self.open[finding.finding_id] = finding
        if finding.phase is Phase.BEGAN:
            self.began[finding.kind] += 1
            return Turn.BEGAN
        return Turn.WORSE if known and finding.severity.rank < known.severity.rank else None
