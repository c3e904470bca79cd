"""The street file: homes, responders, policies and districts as YAML that a person can write and keep."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

import msgspec
import yaml

from contracts import Hold, Profile, WatchedSensor, WatchPlan
from contracts.profiles import usual_plan
from homes.fields import Fault, Node
from homes.model import District, Home, Policy, Resident, Responder, Street
from homes.parts import Known, read_district, read_home, read_policy, read_responder
from homes.tree import tree_of

__all__ = ["Fault", "Street", "dump", "parse"]

Shared = TypeVar("Shared")


def parse(text: str) -> Street | list[Fault]:
    """Read a street file; answer the street, or every fault that it has."""
    faults: list[Fault] = []
    tree = tree_of(text, faults)
    if faults:
        return faults
    top = Node({} if tree is None else tree, "", faults)
    districts = tuple(read_district(node) for node in top.nodes("districts"))
    policies = tuple(read_policy(node) for node in top.nodes("policies"))
    responders = tuple(read_responder(node) for node in top.nodes("responders"))
    known = Known(
        districts=_by_id("districts", [(each.district_id, each) for each in districts], faults),
        policies=_by_id("policies", [(each.policy_id, each) for each in policies], faults),
        responders=_by_id("responders", [(each.responder_id, each) for each in responders], faults),
    )
    homes = tuple(read_home(node, known) for node in top.nodes("homes"))
    _by_id("homes", [(each.home_id, each) for each in homes], faults)
    top.end()
    return faults or Street(districts=districts, policies=policies, responders=responders, homes=homes)


def dump(street: Street) -> str:
    """Write a street as a file that parses to the same street; what is usual is left out."""
    tree = {
        "districts": [_district(district) for district in street.districts],
        "policies": [_policy(policy) for policy in street.policies],
        "responders": [_responder(responder) for responder in street.responders],
        "homes": [_home(home) for home in street.homes],
    }
    text: str = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=120)
    return text


def _by_id(name: str, pairs: Iterable[tuple[str, Shared]], faults: list[Fault]) -> dict[str, Shared]:
    pairs = list(pairs)
    for key, times in Counter(key for key, _ in pairs).items():
        if key and times > 1:
            faults.append(
                Fault(place=name, message=f"{key}: 같은 id 가 {times}번 있습니다 (the id is there {times} times)")
            )
    return dict(pairs)


def _brief(fields: dict[str, object], **usual: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name not in usual or value != usual[name]}


def _district(district: District) -> dict[str, object]:
    return {"id": district.district_id, "city": district.city, "gu": district.gu, "dong": district.dong}


def _policy(policy: Policy) -> dict[str, object]:
    steps = [
        {"after_seconds": step.after_seconds, "kinds": [str(kind) for kind in step.kinds]} for step in policy.steps
    ]
    return {
        "id": policy.policy_id,
        "name": policy.name,
        "repeat_every_seconds": policy.repeat_every_seconds,
        "steps": steps,
    }


def _responder(responder: Responder) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": str(responder.responder_id),
        "name": responder.name,
        "kind": str(responder.kind),
        "phone": responder.phone,
        "language": responder.language,
        "has_key": responder.has_key,
        "distance_km": responder.distance_km,
        "contacts": [{"channel": str(each.channel), "address": each.address} for each in responder.contacts],
    }
    return _brief(fields, phone="", language="ko", has_key=False, distance_km=None, contacts=[])


def _home(home: Home) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": str(home.home_id),
        "district": home.district.district_id,
        "policy": home.policy.policy_id,
        "address": home.address,
        "entry": home.entry,
        "timezone": home.timezone,
        "watched": home.watched,
        "carrier": home.carrier,
        "vulnerability": home.vulnerability,
        "resident": _resident(home.resident),
        "sensors": [_sensor(sensor) for sensor in home.sensors],
        "responders": [str(responder.responder_id) for responder in home.responders],
        "holds": [_hold(hold) for hold in home.holds],
        "plan": _plan(home.plan),
    }
    usual: dict[str, object] = {
        "entry": "",
        "timezone": "Asia/Seoul",
        "watched": True,
        "carrier": "",
        "vulnerability": 0,
    }
    return _brief(fields, **usual, sensors=[], holds=[], plan={})


def _resident(resident: Resident) -> dict[str, object]:
    fields: dict[str, object] = {
        "name": resident.name,
        "birth_year": resident.birth_year,
        "sex": resident.sex,
        "phone": resident.phone,
        "language": resident.language,
        "hazards": resident.hazards,
        "health": resident.health,
        "hearing": resident.hearing,
        "animals": resident.animals,
    }
    return _brief(fields, phone="", language="ko", hazards="", health="", hearing="", animals="")


def _sensor(sensor: WatchedSensor) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": str(sensor.sensor_id),
        "kind": sensor.kind,
        "room": sensor.room,
        "silent_after_seconds": sensor.silent_after_seconds,
        "supply": str(sensor.supply),
    }
    return _brief(fields, room="", silent_after_seconds=None, supply="unknown")


def _hold(hold: Hold) -> dict[str, object]:
    return {"kind": str(hold.kind), "from_at": hold.from_at, "until_at": hold.until_at}


def _plan(plan: WatchPlan) -> dict[str, object]:
    usual = msgspec.structs.asdict(usual_plan(plan.profile))
    fields: dict[str, object] = {"profile": str(plan.profile)} if plan.profile is not Profile.LIVING_ALONE else {}
    fields |= {name: limit for name, limit in msgspec.structs.asdict(plan).items() if limit != usual[name]}
    if plan.stoves:
        fields["stoves"] = [str(key) for key in plan.stoves]
    if plan.made:
        fields["made"] = [{"sensor_id": str(one.sensor_id), "day": one.day} for one in plan.made]
    return fields
