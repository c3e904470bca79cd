"""Read each thing of a street file: a district, a policy, a responder, a home with all that belongs to it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from contracts import (
    Hold,
    HoldKind,
    HomeId,
    Made,
    Profile,
    ResponderId,
    SensorId,
    Supply,
    Value,
    WatchedSensor,
    WatchPlan,
)
from contracts.profiles import usual_plan
from homes.enrolment.names import is_reserved
from homes.fields import Node
from homes.model import (
    VULNERABILITY,
    Channel,
    Contact,
    District,
    Home,
    Policy,
    PolicyStep,
    Resident,
    Responder,
    ResponderKind,
    hold_fault,
)

#: What a sensor can be: the kinds of value that it may send.
SENSOR_KINDS: Final = frozenset(str(kind.__struct_config__.tag) for kind in get_args(Value))

_ID: Final = r"[a-z0-9-]{1,64}"
_ID_HINT: Final = "소문자, 숫자, - 만 64자까지 (lower-case letters, digits and - only, at most 64)"
# A device names itself: Zigbee2MQTT's names have capitals, blanks and slashes.
_SENSOR_ID: Final = r"[^\x00-\x1f]{1,128}"
_SENSOR_ID_HINT: Final = "128자까지 한 줄 (one line of at most 128 characters)"
_PHONE: Final = r"\+?[0-9][0-9 -]{1,18}[0-9]"
_PHONE_HINT: Final = "전화번호는 010-0000-0000 처럼 씁니다 (a phone number has digits and - only)"
# Homes with the same word have the same carrier: a blank at its end would make it another.
_CARRIER: Final = r"\S(.{0,62}\S)?"
_CARRIER_HINT: Final = "통신사는 64자까지 한 줄 (a carrier is one line of at most 64 characters)"
_LANGUAGE: Final = r"[a-z]{2,3}"
_LANGUAGE_HINT: Final = "언어는 ko, en 처럼 씁니다 (a language is two or three letters)"
#: What a contact's address looks like on each channel, and the sentence for one that does not.
ADDRESSES: Final = {
    Channel.WEBHOOK: (r"https?://\S+", "http:// 또는 https:// 로 시작합니다 (a webhook starts with https://)"),
    Channel.EMAIL: (r"[^@\s]+@[^@\s]+", "이메일 주소가 아닙니다 (not an e-mail address)"),
    Channel.APPRISE: (r"[a-z0-9+.-]+://\S+", "Apprise 주소가 아닙니다 (an Apprise address is scheme://...)"),
    # Every browser in which the responder has switched it on: there is no address to write down.
    Channel.WEB_PUSH: (r"subscribed", "subscribed 라고 씁니다 (write: subscribed)"),
    Channel.SMS: (_PHONE, _PHONE_HINT),
    Channel.VOICE: (_PHONE, _PHONE_HINT),
    Channel.DEVICE: (r"(siren|speaker|screen)", "siren, speaker, screen 중 하나입니다 (siren, speaker or screen)"),
}
_DAY: Final = 86_400
#: What a plan may leave out altogether, by 0.
_MAY_BE_OFF: Final = frozenset({"test_missing_seconds", "first_test_seconds"})
_NOBODY: Final = District(district_id="", city="", gu="", dong="")
_NO_POLICY: Final = Policy(policy_id="", name="", steps=())

Shared = TypeVar("Shared")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What homes may refer to, by id."""

    districts: Mapping[str, District]
    policies: Mapping[str, Policy]
    responders: Mapping[str, Responder]


def read_district(node: Node) -> District:
    """Read a district."""
    district = District(
        district_id=node.text("id", pattern=_ID, hint=_ID_HINT),
        city=node.text("city"),
        gu=node.text("gu"),
        dong=node.text("dong"),
    )
    node.end()
    return district


def read_policy(node: Node) -> Policy:
    """Read a policy; one without steps is a fault."""
    policy = Policy(
        policy_id=node.text("id", pattern=_ID, hint=_ID_HINT),
        name=node.text("name"),
        repeat_every_seconds=node.whole("repeat_every_seconds", 180, least=10, most=_DAY),
        steps=tuple(_step(each) for each in node.nodes("steps")),
    )
    if not policy.steps:
        node.refuse("steps", "단계가 하나도 없습니다; 아무도 호출되지 않습니다 (no steps: nobody would be called)")
    node.end()
    return policy


def _step(node: Node) -> PolicyStep:
    step = PolicyStep(
        after_seconds=node.whole("after_seconds", 0, least=0, most=_DAY),
        kinds=node.choices("kinds", ResponderKind),
    )
    node.end()
    return step


def read_responder(node: Node) -> Responder:
    """Read a responder; one whom nobody could reach is a fault."""
    kind = node.choice("kind", ResponderKind) or ResponderKind.OPERATOR
    responder = Responder(
        responder_id=ResponderId(node.text("id", pattern=_ID, hint=_ID_HINT)),
        name=node.text("name"),
        kind=kind,
        phone=node.text("phone", "", pattern=_PHONE, hint=_PHONE_HINT),
        language=node.text("language", "ko", pattern=_LANGUAGE, hint=_LANGUAGE_HINT),
        has_key=node.truth("has_key", False),
        distance_km=node.maybe_number("distance_km", least=0, most=1_000),
        contacts=tuple(contact for each in node.nodes("contacts") if (contact := _contact(each))),
    )
    if kind is not ResponderKind.OPERATOR and not responder.phone and not responder.contacts:
        node.refuse("", "전화도 연락처도 없습니다 (neither phone nor contacts: nobody could reach them)")
    node.end()
    return responder


def _contact(node: Node) -> Contact | None:
    channel = node.choice("channel", Channel)
    pattern, hint = ADDRESSES[channel] if channel else ("", "")
    address = node.text("address", pattern=pattern, hint=hint)
    node.end()
    return Contact(channel=channel, address=address) if channel else None


def read_home(node: Node, known: Known) -> Home:
    """Read a home, and check what it refers to."""
    home = Home(
        home_id=HomeId(node.text("id", pattern=_ID, hint=_ID_HINT)),
        district=_referred(node, "district", known.districts) or _NOBODY,
        policy=_referred(node, "policy", known.policies) or _NO_POLICY,
        address=node.text("address"),
        entry=node.text("entry", ""),
        timezone=_timezone(node),
        watched=node.truth("watched", True),
        carrier=node.text("carrier", "", pattern=_CARRIER, hint=_CARRIER_HINT),
        vulnerability=node.whole("vulnerability", 0, least=0, most=len(VULNERABILITY) - 1),
        resident=_resident(node.node("resident")),
        sensors=_sensors(node),
        responders=_responders(node, known.responders),
        holds=tuple(hold for each in node.nodes("holds") if (hold := _hold(each))),
        plan=read_plan(node.node("plan")),
    )
    _check_calls(node, home)
    if is_reserved(home.home_id):
        node.refuse("id", "서비스의 이름이라 쓸 수 없습니다 (a name of our services at the broker; choose another)")
    node.end()
    return home


def _referred(node: Node, name: str, known: Mapping[str, Shared]) -> Shared | None:
    key = node.text(name)
    if key and key not in known:
        node.refuse(name, f"{key!r} 이(가) 파일에 없습니다 (not defined in this file)")
    return known.get(key)


def _timezone(node: Node) -> str:
    name = node.text("timezone", "Asia/Seoul")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        node.refuse("timezone", f"Asia/Seoul 같은 시간대가 아닙니다 (no such time zone: {name!r})")
    return name


def _resident(node: Node) -> Resident:
    resident = Resident(
        name=node.text("name"),
        birth_year=node.whole("birth_year", least=1900, most=2100),
        sex=node.text("sex", pattern="f|m", hint="f 또는 m (f or m)"),
        phone=node.text("phone", "", pattern=_PHONE, hint=_PHONE_HINT),
        language=node.text("language", "ko", pattern=_LANGUAGE, hint=_LANGUAGE_HINT),
        hazards=node.text("hazards", ""),
        health=node.text("health", ""),
        hearing=node.text("hearing", ""),
        animals=node.text("animals", ""),
    )
    node.end()
    return resident


def _sensors(node: Node) -> tuple[WatchedSensor, ...]:
    sensors = tuple(_sensor(each) for each in node.nodes("sensors"))
    for key, times in Counter(sensor.sensor_id for sensor in sensors).items():
        if key and times > 1:
            node.refuse("sensors", f"{key}: 같은 id 가 {times}번 있습니다 (the id is there {times} times)")
    return sensors


def _sensor(node: Node) -> WatchedSensor:
    sensor = WatchedSensor(
        sensor_id=SensorId(node.text("id", pattern=_SENSOR_ID, hint=_SENSOR_ID_HINT)),
        kind=node.text("kind"),
        room=node.text("room", ""),
        silent_after_seconds=node.maybe_whole("silent_after_seconds", least=60, most=365 * _DAY),
        supply=node.choice("supply", Supply, Supply.UNKNOWN) or Supply.UNKNOWN,
    )
    if sensor.kind and sensor.kind not in SENSOR_KINDS:
        known = ", ".join(sorted(SENSOR_KINDS))
        node.refuse("kind", f"{sensor.kind!r} 은(는) 모르는 종류입니다 (unknown kind; there are: {known})")
    node.end()
    return sensor


def _responders(node: Node, known: Mapping[str, Responder]) -> tuple[Responder, ...]:
    keys = node.texts("responders")
    for place, key in enumerate(keys):
        if key not in known:
            node.refuse(f"responders[{place}]", f"{key!r} 이(가) 파일에 없습니다 (not defined in this file)")
    if not keys:
        node.refuse("responders", "호출할 사람이 없습니다 (a home needs at least one responder)")
    if len(set(keys)) < len(keys):
        node.refuse("responders", "같은 사람이 두 번 있습니다 (a responder is there twice)")
    return tuple(known[key] for key in keys if key in known)


def _check_calls(node: Node, home: Home) -> None:
    called = {kind for step in home.policy.steps for kind in step.kinds}
    if called and home.responders and not called & {responder.kind for responder in home.responders}:
        wanted = ", ".join(sorted(called))
        node.refuse("responders", f"정책이 호출하는 종류가 없습니다 (the policy calls only: {wanted}; nobody is one)")


def _hold(node: Node) -> Hold | None:
    kind, from_at, until_at = node.choice("kind", HoldKind), node.moment("from_at"), node.moment("until_at")
    node.end()
    if kind is None or from_at is None or until_at is None:
        return None
    hold = Hold(kind=kind, from_at=from_at, until_at=until_at)
    if fault := hold_fault(hold):
        node.refuse("until_at", fault)
    return hold


def read_plan(node: Node) -> WatchPlan:
    """Read the limits of a home; what is left out is usual, and limits that contradict each other are a fault."""
    profile = node.choice("profile", Profile, Profile.LIVING_ALONE) or Profile.LIVING_ALONE
    usual = msgspec.structs.asdict(usual_plan(profile))
    # Whether there are pets is a whole number to Python, and no limit.
    limits = {name: _limit(node, name, each) for name, each in usual.items() if type(each) is int}
    plan = WatchPlan(
        **limits,
        profile=profile,
        pets=node.truth("pets", False),
        stoves=tuple(SensorId(key) for key in node.texts("stoves")),
        made=tuple(one for each in node.nodes("made") if (one := _made(each))),
    )
    _check_limits(node, plan)
    node.end()
    return plan


def _limit(node: Node, name: str, usual: int) -> int:
    if name == "residents":
        return node.whole(name, usual, least=1, most=20)
    if name.endswith("_percent"):
        return node.whole(name, usual, least=1, most=100)
    if name.endswith("_a_month"):
        return node.whole(name, usual, least=0, most=1_000)
    if name.endswith("_celsius"):
        return node.whole(name, usual, least=1, most=100)
    return node.whole(name, usual, least=0 if name in _MAY_BE_OFF else 10, most=30 * _DAY)


def _made(node: Node) -> Made | None:
    sensor, day = node.text("sensor_id"), node.day("day")
    node.end()
    return Made(sensor_id=SensorId(sensor), day=day) if day else None


def _check_limits(node: Node, plan: WatchPlan) -> None:
    steps = (plan.inactivity_caution_seconds, plan.inactivity_urgent_seconds, plan.inactivity_emergency_seconds)
    if list(steps) != sorted(steps):
        node.refuse("", "caution ≤ urgent ≤ emergency 순서여야 합니다 (inactivity limits must not fall)")
    if plan.cold_caution_celsius > plan.cold_notice_celsius:
        node.refuse("cold_caution_celsius", "첫 한계보다 높습니다 (must not be above cold_notice_celsius)")
    heat = (plan.hot_notice_celsius, plan.hot_caution_celsius, plan.hot_urgent_celsius, plan.fire_celsius)
    if list(heat) != sorted(heat):
        node.refuse("hot_caution_celsius", "더위 한계는 점점 높아져야 합니다 (limits of heat must not fall)")
