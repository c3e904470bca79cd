"""A home as the house knows it: who lives there, what watches over them, and who comes."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts import (
    Hazard,
    Hold,
    HoldKind,
    HomeId,
    ResponderId,
    Sentence,
    Severity,
    WatchedHome,
    WatchedSensor,
    WatchPlan,
)
from contracts.watching import WALK_TEST

#: A longer absence is entered again: a forgotten hold must not leave a home unwatched for months.
LONGEST_HOLD: Final = timedelta(days=14)
#: How much somebody depends on being watched, by the number that a home carries; the highest are seen to first.
VULNERABILITY: Final = (
    Sentence(ko="일반", en="usual"),
    Sentence(ko="취약", en="vulnerable"),
    Sentence(ko="매우 취약", en="very vulnerable"),
    Sentence(ko="최우선", en="first of all"),
)


class ResponderKind(StrEnum):
    """What a responder is to the home."""

    OPERATOR = "operator"
    FAMILY = "family"
    CARE_MANAGER = "care_manager"
    VOLUNTEER = "volunteer"
    GUARD = "guard"
    RESPONDER_TEAM = "responder_team"
    EMERGENCY_SERVICE = "emergency_service"
    SUPERVISOR = "supervisor"
    #: Nobody: the siren and the speaker of the home itself, which are told beside everybody else.
    IN_THE_HOME = "in_the_home"


class Channel(StrEnum):
    """How a responder is reached."""

    WEBHOOK = "webhook"
    EMAIL = "email"
    APPRISE = "apprise"
    WEB_PUSH = "web_push"
    SMS = "sms"
    VOICE = "voice"
    #: A device in the home: a siren, a speaker, a screen.
    DEVICE = "device"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One way to reach a responder. Its repr tells no address."""

    channel: Channel
    address: str = field(repr=False)
    #: So long after the responder was called, if they have not answered; None: only when the contact before failed.
    after_seconds: int | None = None


class Shift(StrEnum):
    """Which part of the week, by the home's local time: the office of the dong by day, the centre at night."""

    #: Weekdays 09:00-18:00, not on public holidays.
    DAY = "day"
    #: All other time.
    NIGHT = "night"


@dataclass(frozen=True, kw_only=True)
class Hours:
    """A span of local time on some days of the week; one that ends before it begins goes past midnight."""

    #: 0 is Monday.
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    #: Minutes after local midnight.
    from_minute: int = 0
    until_minute: int = 1440


@dataclass(frozen=True, kw_only=True)
class When:
    """What must be so for a step to be taken; what is empty asks for nothing."""

    hazards: tuple[Hazard, ...] = ()
    severities: tuple[Severity, ...] = ()
    districts: tuple[str, ...] = ()
    shift: Shift | None = None
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Responder:
    """Somebody who may be called. Its repr tells neither name nor number."""

    responder_id: ResponderId
    name: str = field(repr=False)
    kind: ResponderKind
    phone: str = field(default="", repr=False)
    language: str = "ko"
    has_key: bool = False
    distance_km: float | None = None
    #: Tried in this order.
    contacts: tuple[Contact, ...] = ()
    #: When they may be called; empty: always. For an emergency with nobody else left they are called all the same.
    hours: tuple[Hours, ...] = ()
    #: They agreed to be called for this home. Whoever did not is never called.
    consented: bool = True


@dataclass(frozen=True, kw_only=True)
class PolicyStep:
    """One level of an escalation: everyone of these kinds on the home's list is called."""

    #: Counted from the step before; the first from the opening of the alert.
    after_seconds: int
    kinds: tuple[ResponderKind, ...] = ()
    #: Whoever is on duty in these rosters is called too.
    rosters: tuple[str, ...] = ()
    #: The step is passed over, without a wait, when it does not apply.
    when: When = field(default_factory=When)
    #: Called so often before the next step has its turn.
    times: int = 1
    #: Between these.
    again_after_seconds: int = 60


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Who is called when, until somebody answers."""

    policy_id: str
    name: str
    steps: tuple[PolicyStep, ...]
    #: After the last step the supervisor is called, and the steps start again after so long.
    repeat_every_seconds: int = 180
    #: So many responders must accept before nobody else is called.
    accepts: int = 1


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """People who take turns: each is on duty for so many days, then the next in the list, and round again."""

    responders: tuple[ResponderId, ...]
    #: The first turn begins on this day at the handover's local time.
    from_day: date
    #: Minutes after local midnight at which the duty is handed over; daylight saving moves the instant, not the clock.
    handover_minute: int = 540
    days: int = 7
    #: Only then is somebody on duty by this rotation; empty: always.
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Override:
    """Somebody else is on duty for once; nobody named means a gap that was meant."""

    from_at: datetime
    until_at: datetime
    responders: tuple[ResponderId, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Who is on duty when. All of its rotations count together, in their order; an override replaces them."""

    roster_id: str
    name: str
    timezone: str = "Asia/Seoul"
    rotations: tuple[Rotation, ...] = ()
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, kw_only=True)
class District:
    """시·구·동: the place that a home belongs to."""

    district_id: str
    city: str
    gu: str
    dong: str


@dataclass(frozen=True, kw_only=True)
class Resident:
    """Who lives there, as far as a responder must know. Its repr tells nothing of the person."""

    name: str = field(repr=False)
    birth_year: int = field(repr=False)
    sex: str = field(repr=False)
    phone: str = field(default="", repr=False)
    language: str = "ko"
    #: What endangers them or the responder: insulin, an allergy.
    hazards: str = field(default="", repr=False)
    health: str = field(default="", repr=False)
    hearing: str = field(default="", repr=False)
    animals: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Home:
    """A home with everything that belongs to it."""

    home_id: HomeId
    #: Grows by one with every change; 0 in a street file, which knows no versions.
    version: int = 0
    district: District
    address: str = field(repr=False)
    #: How one gets in: a door code, where the key is.
    entry: str = field(default="", repr=False)
    resident: Resident
    sensors: tuple[WatchedSensor, ...]
    #: In the order in which they are called.
    responders: tuple[Responder, ...]
    policy: Policy
    holds: tuple[Hold, ...] = ()
    plan: WatchPlan = field(default_factory=WatchPlan)
    timezone: str = "Asia/Seoul"
    #: False: taken out of service.
    watched: bool = True
    #: The operator of the gateway's line, the same word for all of its homes; empty: unknown.
    carrier: str = ""
    #: How much the resident depends on being watched: a place in VULNERABILITY.
    vulnerability: int = 0


@dataclass(frozen=True, kw_only=True)
class Street:
    """Homes with the districts, policies and responders that they share: what a street file holds."""

    districts: tuple[District, ...] = ()
    policies: tuple[Policy, ...] = ()
    responders: tuple[Responder, ...] = ()
    homes: tuple[Home, ...] = ()
    rosters: tuple[Roster, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """What an import did to the homes."""

    added: tuple[HomeId, ...] = ()
    changed: tuple[HomeId, ...] = ()
    unchanged: tuple[HomeId, ...] = ()
    #: In the database and not in the file: left as they are.
    left_alone: tuple[HomeId, ...] = ()
    #: Rosters that the file has otherwise: edited on the console's page since, and left as they are there.
    kept_rosters: tuple[str, ...] = ()


def watched_home(home: Home) -> WatchedHome:
    """Tell of a home only what detectors may know."""
    return WatchedHome(
        home_id=home.home_id,
        version=home.version,
        timezone=home.timezone,
        watched=home.watched,
        sensors=home.sensors,
        holds=home.holds,
        plan=home.plan,
    )


def hold_fault(hold: Hold) -> str | None:
    """Say what is wrong with the span of a hold, if anything is."""
    if hold.until_at <= hold.from_at:
        return "until_at 이 from_at 보다 뒤여야 합니다 (a hold must end after it begins)"
    if hold.until_at - hold.from_at > LONGEST_HOLD:
        return (
            f"보류는 최대 {LONGEST_HOLD.days}일입니다 (a hold lasts at most {LONGEST_HOLD.days} days; enter it again)"
        )
    if hold.kind is HoldKind.TEST and hold.until_at - hold.from_at > WALK_TEST:
        minutes = int(WALK_TEST.total_seconds()) // 60
        return (
            f"시험은 최대 {minutes}분입니다; 더 긴 작업은 maintenance 로 넣으십시오"
            f" (a test lasts at most {minutes} minutes; enter longer work as maintenance)"
        )
    return None
