"""Who lives there, where that is, and who may come: as the pages name them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from alerts.model import Alert
from console.spans import ZONE
from console.words import Words
from contracts import ResponderId
from homes.model import Home, Responder


def name_of(home: Home | None, alert: Alert) -> str:
    """Name the person; a home that is not registered is named by its id."""
    return home.resident.name if home else alert.home_id


def about_of(home: Home | None, words: Words, now: datetime) -> str:
    """Say age and sex as briefly as the row has room for."""
    if home is None:
        return ""
    age = now.astimezone(ZONE).year - home.resident.birth_year
    return f"{age} {words(f'sex.{home.resident.sex}')}"


def place_of(home: Home | None) -> str:
    """Say where the home is: the dong, and the rest of the address."""
    if home is None:
        return ""
    dong = home.district.dong
    before, found, after = home.address.partition(dong)
    return f"{dong} {(after if found else before).strip(' ,')}".strip()


def district_of(home: Home | None) -> str:
    """Name the district of a home; empty for one that is not registered."""
    return home.district.district_id if home else ""


def responder_name(home: Home | None, responder_id: str) -> str:
    """Name a responder of the home; somebody who is not on its list any more is named by the id."""
    names = {one.responder_id: one.name for one in home.responders} if home else {}
    return next((name for known, name in names.items() if known == responder_id), responder_id)


def masked(name: str) -> str:
    """Hide the given name's middle, as forms in Korea do: 이순자 becomes 이○자."""
    if len(name) < 2:
        return "○"
    return f"{name[0]}○{name[2:]}"


def in_short(people: Mapping[ResponderId, Responder]) -> dict[ResponderId, Responder]:
    """Give people with their names masked, for whoever reads a list of them so."""
    return {key: replace(one, name=masked(one.name)) for key, one in people.items()}


def veiled(home: Home) -> Home:
    """Give a home without what must stay masked: a page cannot show what it does not hold."""
    resident = replace(
        home.resident, name=masked(home.resident.name), phone="", hazards="", health="", hearing="", animals=""
    )
    people = tuple(replace(one, name=masked(one.name), phone="", contacts=()) for one in home.responders)
    return replace(home, resident=resident, responders=people, address="", entry="")


def with_rosters(
    home: Home, alert: Alert, on_duty: Mapping[str, Iterable[Responder]], rostered: Iterable[Responder]
) -> Home:
    """Add to a home's list whoever is on duty for the alert's policy, and whoever of the rosters has to do with it."""
    named = [roster for step in alert.policy.steps for roster in step.rosters]
    concerned = {*(visit.responder_id for visit in alert.visits), *alert.declined}
    people = [one for roster in dict.fromkeys(named) for one in on_duty.get(roster, ())]
    people += [one for one in rostered if one.responder_id in concerned]
    known = {one.responder_id for one in home.responders}
    added = {one.responder_id: one for one in people if one.responder_id not in known}
    return replace(home, responders=(*home.responders, *added.values())) if added else home
