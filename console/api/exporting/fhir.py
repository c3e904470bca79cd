"""Vital signs as FHIR R4 observations: LOINC says what, UCUM in which unit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from console.api.shapes import Cursor, HomeRef, Limit
from history.export.vitals import Vital

MEDIA_TYPE: Final = "application/fhir+json"
_LOINC: Final = "http://loinc.org"
_UCUM: Final = "http://unitsofmeasure.org"
_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
PROFILES: Final = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What a field of a reading is called elsewhere."""

    loinc: str
    display: str
    unit: str
    ucum: str
    profile: str
    short: str


#: LOINC 2.7x and the vital signs profiles of FHIR R4 (hl7.org/fhir/R4/observation-vitalsigns.html), which fix code
#: and unit. Air temperature is no vital sign, and no reading has oxygen, blood pressure or body temperature.
SIGNS: Final[dict[str, Sign]] = {
    "heart_per_minute": Sign(
        loinc="8867-4", display="Heart rate", unit="beats/minute", ucum="/min", profile="heartrate", short="heart"
    ),
    "breath_per_minute": Sign(
        loinc="9279-1",
        display="Respiratory rate",
        unit="breaths/minute",
        ucum="/min",
        profile="resprate",
        short="breath",
    ),
}


class Camel(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """FHIR writes names like this."""


class Meta_(Camel, frozen=True, kw_only=True):
    """Which profiles it follows."""

    profile: tuple[str, ...]


class Coding(Camel, frozen=True, kw_only=True):
    """A word of a code system."""

    system: str
    code: str
    display: str


class Concept(Camel, frozen=True, kw_only=True):
    """What is meant, in code systems and in words."""

    coding: tuple[Coding, ...]
    text: str = ""


class Identifier(Camel, frozen=True, kw_only=True):
    """Our own name of something."""

    system: str
    value: str


class Reference(Camel, frozen=True, kw_only=True):
    """Whom or what it is about, by our name: no resource of ours holds it."""

    type: str
    identifier: Identifier


class Quantity(Camel, frozen=True, kw_only=True):
    """How much."""

    value: float
    unit: str
    system: str
    code: str


class Annotation(Camel, frozen=True, kw_only=True):
    """What must be known when it is used."""

    text: str


class Observation(Camel, frozen=True, kw_only=True):
    """One measured vital sign (FHIR R4 Observation, profile vitalsigns)."""

    resource_type: Literal["Observation"]
    id: str
    meta: Meta_
    status: Literal["final"]
    category: tuple[Concept, ...]
    code: Concept
    subject: Reference
    effective_date_time: datetime
    issued: datetime
    value_quantity: Quantity
    device: Reference
    note: tuple[Annotation, ...] = ()


class Search(Camel, frozen=True, kw_only=True):
    """Why an entry is there."""

    mode: Literal["match"]


class Entry(Camel, frozen=True, kw_only=True):
    """An observation in a bundle."""

    full_url: str
    resource: Observation
    search: Search


class Link(Camel, frozen=True, kw_only=True):
    """This page, or the next."""

    relation: Literal["self", "next"]
    url: str


class Bundle(Camel, frozen=True, kw_only=True):
    """A page of observations, oldest first (FHIR R4 Bundle, searchset)."""

    resource_type: Literal["Bundle"]
    type: Literal["searchset"]
    link: tuple[Link, ...]
    entry: tuple[Entry, ...] = ()


_DATE: Final = (
    r"^(ge|gt|le|lt)[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2}))?$"
)


class ObservationsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which observations, by FHIR's own search words."""

    #: A home's id: one resident, one patient.
    patient: HomeRef
    #: `ge2026-11-01`, `lt2026-11-02T00:00:00Z`; a day is a day in UTC.
    date: tuple[Annotated[str, Meta(pattern=_DATE, extra_json_schema={"format": "fhir-date"})], ...] = ()
    #: LOINC codes by commas, with or without `http://loinc.org|`.
    code: Annotated[str, Meta(pattern="^[A-Za-z0-9:/.|,-]{1,200}$")] | UnsetType = UNSET
    count: Limit = msgspec.field(default=100, name="_count")
    cursor: Cursor | UnsetType = msgspec.field(default=UNSET, name="_cursor")


class BadDate(Exception):
    """Such a date is not in the calendar."""


def names_of(code: str | UnsetType) -> frozenset[str]:
    """Tell which fields are asked for by these codes."""
    if code is UNSET or not isinstance(code, str):
        return frozenset(SIGNS)
    asked = {part.removeprefix(f"{_LOINC}|") for part in code.split(",")}
    return frozenset(name for name, sign in SIGNS.items() if sign.loinc in asked)


def span_of(dates: Sequence[str]) -> tuple[datetime, datetime]:
    """Read a span of FHIR's dates: from, and up to but without; raise BadDate."""
    begin, end = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
    for written in dates:
        how, first, beyond = written[:2], *_moments(written[2:])
        match how:
            case "ge":
                begin = max(begin, first)
            case "gt":
                begin = max(begin, beyond)
            case "lt":
                end = min(end, first)
            case _:
                end = min(end, beyond)
    return begin, end


def _moments(text: str) -> tuple[datetime, datetime]:
    """Tell the first moment of what is written, and the first after it."""
    try:
        at = datetime.fromisoformat(text)
        if "T" in text:
            return at.astimezone(UTC), at.astimezone(UTC) + timedelta(microseconds=1)
        day = datetime.combine(at.date(), time(0), tzinfo=UTC)
        return day, day + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise BadDate("no such date") from error


def observation_of(vital: Vital, home_id: str) -> Observation:
    """Write a vital sign as an observation."""
    sign = SIGNS[vital.name]
    kind = Coding(system=_CATEGORY, code="vital-signs", display="Vital Signs")
    code = Coding(system=_LOINC, code=sign.loinc, display=sign.display)
    return Observation(
        resource_type="Observation",
        id=_id_of(vital, sign),
        meta=Meta_(profile=(f"{PROFILES}vitalsigns", f"{PROFILES}{sign.profile}")),
        status="final",
        category=(Concept(coding=(kind,)),),
        code=Concept(coding=(code,), text=sign.display),
        subject=Reference(type="Patient", identifier=Identifier(system="urn:dolbom:home", value=home_id)),
        effective_date_time=vital.at,
        issued=vital.received_at,
        value_quantity=Quantity(value=vital.value, unit=sign.unit, system=_UCUM, code=sign.ucum),
        device=Reference(type="Device", identifier=Identifier(system="urn:dolbom:sensor", value=vital.sensor)),
        note=_notes(vital),
    )


def bundle_of(observations: Sequence[Observation], *, here: str, next_page: str) -> Bundle:
    """Put a page together."""
    links = (Link(relation="self", url=here), *((Link(relation="next", url=next_page),) if next_page else ()))
    entries = tuple(
        Entry(full_url=f"urn:dolbom:observation:{one.id}", resource=one, search=Search(mode="match"))
        for one in observations
    )
    return Bundle(resource_type="Bundle", type="searchset", link=links, entry=entries)


def _id_of(vital: Vital, sign: Sign) -> str:
    key = vital.reading_id.hex()
    # FHIR's ids have 64 letters at most.
    name = key if re.fullmatch("[0-9a-f]{1,48}", key) else sha256(vital.reading_id).hexdigest()[:48]
    return f"{name}-{sign.short}"


def _notes(vital: Vital) -> tuple[Annotation, ...]:
    late = (Annotation(text="It arrived late."),) if vital.late else ()
    doubted = (
        (Annotation(text="The sender's clock is doubted: this is when it arrived."),) if vital.clock_doubted else ()
    )
    return (*late, *doubted)
