"""Homes, findings and alerts to test with: invented, and only what matters is named."""

from datetime import UTC, datetime, timedelta

from alerts.events import Found
from alerts.machine import advance
from alerts.model import Alert
from alerts.transition import Context, Transition
from contracts import (
    Evidence,
    Finding,
    Hazard,
    HomeId,
    Phase,
    ResponderId,
    Sentence,
    Severity,
    finding_id,
)
from homes.model import (
    Channel,
    Contact,
    District,
    Home,
    Policy,
    PolicyStep,
    Resident,
    Responder,
    ResponderKind,
)

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOME = HomeId("h-0001")


def a_responder(
    name: str, kind: ResponderKind, *addresses: str, channel: Channel = Channel.WEBHOOK, language: str = "ko"
) -> Responder:
    contacts = tuple(Contact(channel=channel, address=address) for address in addresses)
    return Responder(responder_id=ResponderId(name), name="홍길순", kind=kind, language=language, contacts=contacts)


DAUGHTER = a_responder("daughter", ResponderKind.FAMILY, "http://127.0.0.1:9/daughter", "http://127.0.0.1:9/again")
CARER = a_responder("carer", ResponderKind.CARE_MANAGER, "http://127.0.0.1:9/carer")
GUARD = a_responder("guard", ResponderKind.GUARD, "http://127.0.0.1:9/guard")
BOSS = a_responder("boss", ResponderKind.SUPERVISOR, "http://127.0.0.1:9/boss")
EVERYBODY = (DAUGHTER, CARER, GUARD, BOSS)


def a_policy(*steps: tuple[int, ResponderKind], repeat: int = 180) -> Policy:
    made = tuple(PolicyStep(after_seconds=after, kinds=(kind,)) for after, kind in steps)
    return Policy(policy_id="usual", name="usual", steps=made, repeat_every_seconds=repeat)


POLICY = a_policy((0, ResponderKind.FAMILY), (60, ResponderKind.CARE_MANAGER), (120, ResponderKind.GUARD))
CONTEXT = Context(responders=EVERYBODY, policy=POLICY)


def a_finding(
    kind: str = "help_button",
    hazard: Hazard = Hazard.HELP,
    severity: Severity = Severity.EMERGENCY,
    phase: Phase = Phase.BEGAN,
    *,
    home: HomeId = HOME,
    since: datetime = NOON,
    told_at: datetime | None = None,
    late: bool = False,
    test: bool = False,
    values: dict[str, float | str] | None = None,
) -> Finding:
    return Finding(
        finding_id=finding_id(home, kind, since),
        home_id=home,
        kind=kind,
        hazard=hazard,
        severity=severity,
        phase=phase,
        since=since,
        told_at=told_at or since,
        evidence=Evidence(
            rule=f"{kind}/1", sentence=Sentence(ko="도움 요청 단추", en="Help button"), values=values or {}
        ),
        late=late,
        test=test,
    )


def opened(finding: Finding | None = None, *, now: datetime = NOON, context: Context = CONTEXT) -> Transition:
    return advance(None, Found(finding=finding or a_finding()), now, context)


def an_alert(finding: Finding | None = None, *, now: datetime = NOON, context: Context = CONTEXT) -> Alert:
    alert = opened(finding, now=now, context=context).alert
    assert alert is not None
    return alert


def a_home(home_id: HomeId = HOME, *, responders: tuple[Responder, ...] = EVERYBODY, policy: Policy = POLICY) -> Home:
    return Home(
        home_id=home_id,
        district=District(district_id="d-1", city="서울특별시", gu="새빛구", dong="맑은동"),
        address="맑은로 1",
        resident=Resident(name="김하늘", birth_year=1940, sex="f"),
        sensors=(),
        responders=responders,
        policy=policy,
    )
