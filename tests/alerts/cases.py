"""One case in a dictionary, and short words for what is done with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.events import (
    Acknowledge,
    Answered,
    CheckAnswered,
    Delivered,
    Dispatch,
    Found,
    HandOver,
    Moved,
    Resolve,
    Watch,
)
from alerts.model import Alert, DeliveryState, Purpose, VisitStage
from alerts.outcomes import OutcomeCode, ResolvedBy
from alerts.transition import Context, Transition
from contracts import AlertChangeKind, Finding, Hazard, Severity
from homes.model import Responder
from tests.alerts.building import CONTEXT, NOON, a_finding
from tests.alerts.dict_store import DictStore

#: A home with a speaker.
ASKS = replace(CONTEXT, can_ask=True)


@dataclass(kw_only=True)
class Case:
    """The first alert of a store, at a time that the test turns."""

    store: DictStore
    now: datetime = NOON

    @property
    def alert(self) -> Alert:
        return next(iter(self.store.alerts.values()))

    def lines(self) -> list[AlertChangeKind]:
        return [line.change for line in self.store.lines_of(self.alert.alert_id)]

    def calls(self, purpose: Purpose) -> list[str]:
        return [call.responder_id for call in self.store.outbox.values() if call.purpose is purpose]

    def later(self, **span: float) -> list[Transition]:
        """Let time go by, and every timer run out that is due then."""
        self.now += timedelta(**span)
        return self.store.due(self.now)

    def found(self, finding: Finding) -> Transition:
        return self.store.apply(Found(finding=finding), self.now)

    def takes(self, operator: str = "kim") -> Transition:
        press = Acknowledge(alert_id=self.alert.alert_id, operator=operator, version=self.alert.version)
        return self.store.apply(press, self.now)

    def says(self, who: Responder, *, yes: bool = True) -> Transition:
        answer = Answered(alert_id=self.alert.alert_id, responder_id=who.responder_id, accepted=yes)
        return self.store.apply(answer, self.now)

    def moves(
        self,
        who: Responder,
        stage: VisitStage,
        *,
        expected_at: datetime | None = None,
        said_at: datetime | None = None,
    ) -> Transition:
        moved = Moved(
            alert_id=self.alert.alert_id,
            responder_id=who.responder_id,
            stage=stage,
            expected_at=expected_at,
            said_at=said_at,
        )
        return self.store.apply(moved, self.now)

    def sends(self, who: Responder, *, version: int | None = None, operator: str = "kim") -> Transition:
        seen = self.alert.version if version is None else version
        return self.store.apply(
            Dispatch(alert_id=self.alert.alert_id, operator=operator, responder_id=who.responder_id, version=seen),
            self.now,
        )

    def watches(self, span: timedelta, *, why: str = "지켜봄", operator: str = "kim") -> Transition:
        watch = Watch(
            alert_id=self.alert.alert_id,
            operator=operator,
            until=self.now + span,
            why=why,
            version=self.alert.version,
        )
        return self.store.apply(watch, self.now)

    def hands_over(self, centre: str = "night-centre", *, operator: str = "kim") -> Transition:
        hand = HandOver(alert_id=self.alert.alert_id, operator=operator, centre=centre, version=self.alert.version)
        return self.store.apply(hand, self.now)

    def answers(self, *, well: bool, at: datetime | None = None) -> Transition:
        return self.store.apply(CheckAnswered(alert_id=self.alert.alert_id, well=well, at=at), self.now)

    def ends(self, outcome: OutcomeCode, *, version: int | None = None) -> Transition:
        return self.store.apply(
            Resolve(
                alert_id=self.alert.alert_id,
                operator="kim",
                version=self.alert.version if version is None else version,
                outcome=outcome,
                resolved_by=ResolvedBy.OPERATOR,
            ),
            self.now,
        )

    def brought(self) -> None:
        """Let every call that waits be brought to whom it is for."""
        for call in self.store.queued():
            self.store.states[call.notification_id] = DeliveryState.DELIVERED
            self.store.apply(Delivered(alert_id=call.alert_id, notification=call, attempt=1), self.now)


def a_case(
    hazard: Hazard = Hazard.HELP,
    severity: Severity = Severity.EMERGENCY,
    *,
    context: Context = CONTEXT,
    test: bool = False,
) -> Case:
    """Open a case."""
    case = Case(store=DictStore(context=context))
    case.found(a_finding(hazard, hazard, severity, test=test))
    return case


def a_context(*, can_ask: bool, accepts: int, manned: bool) -> Context:
    """Make what the rules know of a home."""
    assert CONTEXT.policy is not None
    return replace(CONTEXT, policy=replace(CONTEXT.policy, accepts=accepts), can_ask=can_ask, manned=manned)
