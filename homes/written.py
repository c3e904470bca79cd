"""Write each thing of a street as a street file has it; what is usual is left out."""

import msgspec

from contracts import Hold, Profile, ResponderId, WatchedSensor, WatchPlan
from contracts.profiles import usual_plan
from homes.model import (
    Contact,
    District,
    Home,
    Override,
    Policy,
    PolicyStep,
    Resident,
    Responder,
    Roster,
    Rotation,
    Street,
    When,
)
from homes.shipped import DEFAULT
from homes.spans import clock_text, hours_tree


def tree_of_street(street: Street) -> dict[str, object]:
    """Write a whole street."""
    shared = {responder.responder_id: responder for responder in street.responders}
    named = {policy.policy_id for policy in street.policies}
    tree: dict[str, object] = {
        "districts": [_district(district) for district in street.districts],
        "policies": [_policy(policy) for policy in street.policies],
        "responders": [_responder(responder) for responder in street.responders],
        "rosters": [_roster(roster) for roster in street.rosters],
        "homes": [_home(home, shared, named) for home in street.homes],
    }
    return _brief(tree, rosters=[])


def _brief(fields: dict[str, object], **usual: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if name not in usual or value != usual[name]}


def _district(district: District) -> dict[str, object]:
    return {"id": district.district_id, "city": district.city, "gu": district.gu, "dong": district.dong}


def _policy(policy: Policy) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": policy.policy_id,
        "name": policy.name,
        "repeat_every_seconds": policy.repeat_every_seconds,
        "accepts": policy.accepts,
        "steps": [_step(step) for step in policy.steps],
    }
    return _brief(fields, accepts=1)


def _step(step: PolicyStep) -> dict[str, object]:
    fields: dict[str, object] = {
        "after_seconds": step.after_seconds,
        "kinds": [str(kind) for kind in step.kinds],
        "rosters": list(step.rosters),
        "when": _when(step.when),
        "times": step.times,
        "again_after_seconds": step.again_after_seconds,
    }
    return _brief(fields, kinds=[], rosters=[], when={}, times=1, again_after_seconds=60)


def _when(when: When) -> dict[str, object]:
    fields: dict[str, object] = {
        "hazards": [str(hazard) for hazard in when.hazards],
        "severities": [str(severity) for severity in when.severities],
        "districts": list(when.districts),
        "shift": str(when.shift) if when.shift else None,
        "hours": hours_tree(when.hours),
    }
    return _brief(fields, hazards=[], severities=[], districts=[], shift=None, hours=[])


def _responder(responder: Responder) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": str(responder.responder_id),
        "name": responder.name,
        "kind": str(responder.kind),
        "phone": responder.phone,
        "language": responder.language,
        "has_key": responder.has_key,
        "distance_km": responder.distance_km,
        "contacts": [_contact(each) for each in responder.contacts],
        "hours": hours_tree(responder.hours),
    }
    return _brief(fields, phone="", language="ko", has_key=False, distance_km=None, contacts=[], hours=[])


def _contact(contact: Contact) -> dict[str, object]:
    fields: dict[str, object] = {
        "channel": str(contact.channel),
        "address": contact.address,
        "after_seconds": contact.after_seconds,
    }
    return _brief(fields, after_seconds=None)


def _roster(roster: Roster) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": roster.roster_id,
        "name": roster.name,
        "timezone": roster.timezone,
        "rotations": [_rotation(rotation) for rotation in roster.rotations],
        "overrides": [_override(override) for override in roster.overrides],
    }
    return _brief(fields, timezone="Asia/Seoul", overrides=[])


def _rotation(rotation: Rotation) -> dict[str, object]:
    fields: dict[str, object] = {
        "responders": [str(key) for key in rotation.responders],
        "from_day": rotation.from_day,
        "handover": clock_text(rotation.handover_minute),
        "days": rotation.days,
        "hours": hours_tree(rotation.hours),
    }
    return _brief(fields, handover="09:00", days=7, hours=[])


def _override(override: Override) -> dict[str, object]:
    return {
        "from_at": override.from_at,
        "until_at": override.until_at,
        "responders": [str(key) for key in override.responders],
    }


def _called(responder: Responder, shared: Responder | None) -> object:
    """Write a place on a home's list: an id, and beside it what is true of them for this home alone."""
    fields: dict[str, object] = {"id": str(responder.responder_id)}
    if not responder.consented:
        fields["consented"] = False
    if shared is None or responder.has_key != shared.has_key:
        fields["has_key"] = responder.has_key
    if shared is None or responder.hours != shared.hours:
        fields["hours"] = hours_tree(responder.hours)
    return fields if len(fields) > 1 else fields["id"]


def _home(home: Home, shared: dict[ResponderId, Responder], named: set[str]) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": str(home.home_id),
        "district": home.district.district_id,
        "policy": None if home.policy == DEFAULT and DEFAULT.policy_id not in named else home.policy.policy_id,
        "address": home.address,
        "entry": home.entry,
        "timezone": home.timezone,
        "watched": home.watched,
        "carrier": home.carrier,
        "vulnerability": home.vulnerability,
        "resident": _resident(home.resident),
        "sensors": [_sensor(sensor) for sensor in home.sensors],
        "responders": [_called(one, shared.get(one.responder_id)) for one in home.responders],
        "holds": [_hold(hold) for hold in home.holds],
        "plan": _plan(home.plan),
    }
    usual: dict[str, object] = {
        "policy": None,
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
