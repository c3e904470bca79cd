"""Read each thing of a street file that is a place: a district, a home with all that belongs to it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar, get_args

from contracts import Hold, HoldKind, HomeId, SensorId, Supply, Value, WatchedSensor, is_synthetic
from homes.contacts import read_list
from homes.enrolment.names import is_reserved
from homes.fields import Node
from homes.forms import DAY_SECONDS, ID, ID_HINT, LANGUAGE, LANGUAGE_HINT, PHONE, PHONE_HINT, read_timezone
from homes.model import VULNERABILITY, District, Home, Policy, Resident, Responder, ResponderKind, hold_fault
from homes.plans import read_plan
from homes.shipped import DEFAULT

#: What a sensor can be: the kinds of value that it may send.
SENSOR_KINDS: Final = frozenset(str(kind.__struct_config__.tag) for kind in get_args(Value))

# A device names itself: Zigbee2MQTT's names have capitals, blanks and slashes.
_SENSOR_ID: Final = r"[^\x00-\x1f]{1,128}"
_SENSOR_ID_HINT: Final = "128자까지 한 줄 (one line of at most 128 characters)"
# Homes with the same word have the same carrier: a blank at its end would make it another.
_CARRIER: Final = r"\S(.{0,62}\S)?"
_CARRIER_HINT: Final = "통신사는 64자까지 한 줄 (a carrier is one line of at most 64 characters)"
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
        district_id=node.text("id", pattern=ID, hint=ID_HINT),
        city=node.text("city"),
        gu=node.text("gu"),
        dong=node.text("dong"),
    )
    node.end()
    return district


def read_home(node: Node, known: Known) -> Home:
    """Read a home, and check what it refers to."""
    home = Home(
        home_id=HomeId(node.text("id", pattern=ID, hint=ID_HINT)),
        district=_referred(node, "district", known.districts) or _NOBODY,
        policy=_policy(node, known.policies),
        address=node.text("address"),
        entry=node.text("entry", ""),
        timezone=read_timezone(node),
        watched=node.truth("watched", True),
        carrier=node.text("carrier", "", pattern=_CARRIER, hint=_CARRIER_HINT),
        vulnerability=node.whole("vulnerability", 0, least=0, most=len(VULNERABILITY) - 1),
        resident=_resident(node.node("resident")),
        sensors=_sensors(node),
        responders=read_list(node, known.responders),
        holds=tuple(hold for each in node.nodes("holds") if (hold := _hold(each))),
        plan=read_plan(node.node("plan")),
    )
    _check_calls(node, home)
    if is_reserved(home.home_id):
        node.refuse("id", "서비스의 이름이라 쓸 수 없습니다 (a name of our services at the broker; choose another)")
    if is_synthetic(home.home_id):
        node.refuse(
            "id", "자동 점검에 쓰는 이름입니다 (the service tests itself with homes of such names; choose another)"
        )
    node.end()
    return home


def _policy(node: Node, known: Mapping[str, Policy]) -> Policy:
    """Read the home's policy; a home that names none has the shipped one, or what the file calls by its id."""
    if node.has("policy"):
        return _referred(node, "policy", known) or _NO_POLICY
    return known.get(DEFAULT.policy_id, DEFAULT)


def _referred(node: Node, name: str, known: Mapping[str, Shared]) -> Shared | None:
    key = node.text(name)
    if key and key not in known:
        node.refuse(name, f"{key!r} 이(가) 파일에 없습니다 (not defined in this file)")
    return known.get(key)


def _resident(node: Node) -> Resident:
    resident = Resident(
        name=node.text("name"),
        birth_year=node.whole("birth_year", least=1900, most=2100),
        sex=node.text("sex", pattern="f|m", hint="f 또는 m (f or m)"),
        phone=node.text("phone", "", pattern=PHONE, hint=PHONE_HINT),
        language=node.text("language", "ko", pattern=LANGUAGE, hint=LANGUAGE_HINT),
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
        silent_after_seconds=node.maybe_whole("silent_after_seconds", least=60, most=365 * DAY_SECONDS),
        supply=node.choice("supply", Supply, Supply.UNKNOWN) or Supply.UNKNOWN,
    )
    if sensor.kind and sensor.kind not in SENSOR_KINDS:
        known = ", ".join(sorted(SENSOR_KINDS))
        node.refuse("kind", f"{sensor.kind!r} 은(는) 모르는 종류입니다 (unknown kind; there are: {known})")
    node.end()
    return sensor


def _check_calls(node: Node, home: Home) -> None:
    called = {kind for step in home.policy.steps for kind in step.kinds}
    if any(step.rosters for step in home.policy.steps):
        return
    called.discard(ResponderKind.IN_THE_HOME)  # a siren sends nobody
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
