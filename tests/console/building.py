"""A board to test with: invented people, and alerts as detectors tell them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alerts.events import Found
from alerts.machine import advance
from alerts.model import Alert
from alerts.transition import Context
from console.rows import Entry, Viewer
from console.web import load_renderer
from console.words import Language
from contracts import Evidence, Finding, Hazard, HomeId, Phase, ResponderId, Sentence, Severity, finding_id
from homes.model import District, Home, Policy, PolicyStep, Resident, Responder, ResponderKind

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
RENDERER = load_renderer()
KO, EN = RENDERER.words(Language.KO), RENDERER.words(Language.EN)
KIM = Viewer(name="김지현", words=KO)
PARK = Viewer(name="박도윤", words=EN)

POLICY = Policy(
    policy_id="usual",
    name="usual",
    steps=(
        PolicyStep(after_seconds=60, kinds=(ResponderKind.FAMILY,)),
        PolicyStep(after_seconds=120, kinds=(ResponderKind.CARE_MANAGER,)),
    ),
)
CARER = Responder(
    responder_id=ResponderId("carer"),
    name="오세라",
    kind=ResponderKind.CARE_MANAGER,
    phone="010-0000-1111",
    distance_km=1.1,
)
DAUGHTER = Responder(
    responder_id=ResponderId("daughter"),
    name="이정민",
    kind=ResponderKind.FAMILY,
    phone="010-0000-2222",
    has_key=True,
    distance_km=3.2,
)


def a_home(home_id: str = "h-0001", name: str = "이순자", birth_year: int = 1944, sex: str = "f", **place: str) -> Home:
    return Home(
        home_id=HomeId(home_id),
        district=District(
            district_id=place.get("dong", "매화동"), city="한빛시", gu="새빛구", dong=place.get("dong", "매화동")
        ),
        address=place.get("address", "은하빌라 201호"),
        entry="공동현관 #2580 · 여벌 열쇠: 관리실 09–18시",
        resident=Resident(
            name=name,
            birth_year=birth_year,
            sex=sex,
            phone="010-0000-3412",
            hazards="인슐린 사용 · 페니실린 알레르기",
            health="고혈압, 당뇨 · 낙상 2회",
            hearing="보청기(왼쪽) — 크게, 천천히",
            animals="작은 개 1마리, 물지 않음",
        ),
        sensors=(),
        responders=(CARER, DAUGHTER),
        policy=POLICY,
    )


def a_finding(
    home: str = "h-0001",
    *,
    kind: str = "help_button",
    hazard: Hazard = Hazard.HELP,
    severity: Severity = Severity.EMERGENCY,
    since: datetime = NOON,
    ko: str = "도움 요청 버튼 누름 · 안방",
    en: str = "help button pressed · bedroom",
    test: bool = False,
    late: bool = False,
    limit: float | None = None,
    room: str | None = None,
) -> Finding:
    return Finding(
        finding_id=finding_id(home, kind, since),
        home_id=HomeId(home),
        kind=kind,
        hazard=hazard,
        severity=severity,
        phase=Phase.BEGAN,
        since=since,
        told_at=since,
        evidence=Evidence(
            rule=f"{kind}/1",
            sentence=Sentence(ko=ko, en=en),
            values={"still_seconds": 30_000.0} if limit else {},
            limit=limit,
            room=room,
        ),
        test=test,
        late=late,
    )


def an_alert(finding: Finding | None = None, now: datetime = NOON) -> Alert:
    context = Context(responders=(CARER, DAUGHTER), policy=POLICY)
    alert = advance(None, Found(finding=finding or a_finding()), now, context).alert
    assert alert is not None
    return alert


@dataclass(frozen=True)
class ACell:
    """A quarter of an hour."""

    movements: int = 0
    observed: bool = True


def an_entry(alert: Alert | None = None, home: Home | None = None) -> Entry:
    return Entry(alert=alert or an_alert(), home=home or a_home(), cells=[ACell(movements=n % 9) for n in range(96)])


STREET = (
    a_home("h-0001", "최말순", 1947, "f", dong="죽림동", address="한솔아파트 103-1204"),
    a_home("h-0002", "한상철", 1942, "m", dong="산들동", address="7-21"),
    a_home("h-0003", "정옥희", 1945, "f", dong="매화동", address="33-8"),
    a_home("h-0004", "이순자", 1944, "f", dong="매화동", address="은하빌라 201"),
    a_home("h-0005", "강덕수", 1949, "m", dong="대나무동", address="5-2 가동 301"),
    a_home("h-0006", "윤영자", 1938, "f", dong="죽림동", address="한솔아파트 101-305"),
    a_home("h-0007", "김복례", 1938, "f", dong="새터동", address="19-4"),
    a_home("h-0008", "조만길", 1935, "m", dong="산들동", address="해오름 502"),
    a_home("h-0009", "문길례", 1940, "f", dong="대나무동", address="11-9"),
    a_home("h-0010", "배순덕", 1943, "f", dong="새터동", address="40-1"),
)
HOUR = timedelta(hours=1)
