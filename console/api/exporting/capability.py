"""What the FHIR side of the API can do, as FHIR asks every server to say it (R4 CapabilityStatement)."""

from typing import Final, Literal

import msgspec

from console.api.exporting.fhir import MEDIA_TYPE, PROFILES, SIGNS, Camel

VERSION: Final = "4.0.1"
#: When what is said here last changed.
_SAID_ON: Final = "2026-11-22"
_SEARCH: Final = "http://hl7.org/fhir/SearchParameter/"


class CapabilityAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the statement is wanted; FHIR's clients ask like this."""

    #: JSON is what there is.
    format: Literal["json", "application/json", "application/fhir+json"] = msgspec.field(default="json", name="_format")
    #: The whole statement is what there is.
    mode: Literal["full"] = "full"


class Software(Camel, frozen=True, kw_only=True):
    """Which software answers."""

    name: Literal["Dolbom"]


class Implementation(Camel, frozen=True, kw_only=True):
    """Which installation answers."""

    description: str
    url: str


class Security(Camel, frozen=True, kw_only=True):
    """How a client proves who it is."""

    description: str


class Interaction(Camel, frozen=True, kw_only=True):
    """What can be done with a resource."""

    code: Literal["search-type"]


class SearchParam(Camel, frozen=True, kw_only=True):
    """By what a resource is searched."""

    name: str
    type: Literal["reference", "date", "token", "number"]
    definition: str = ""
    documentation: str = ""


class RestResource(Camel, frozen=True, kw_only=True):
    """A resource that is served."""

    type: Literal["Observation"]
    supported_profile: tuple[str, ...]
    interaction: tuple[Interaction, ...]
    search_param: tuple[SearchParam, ...]


class Rest(Camel, frozen=True, kw_only=True):
    """What is served over HTTP."""

    mode: Literal["server"]
    security: Security
    resource: tuple[RestResource, ...]


class CapabilityStatement(Camel, frozen=True, kw_only=True):
    """What this server can do (FHIR R4 CapabilityStatement)."""

    resource_type: Literal["CapabilityStatement"]
    status: Literal["active"]
    date: str
    kind: Literal["instance"]
    software: Software
    implementation: Implementation
    fhir_version: Literal["4.0.1"]
    format: tuple[str, ...]
    rest: tuple[Rest, ...]


_PARAMS: Final = (
    SearchParam(
        name="patient",
        type="reference",
        definition=f"{_SEARCH}clinical-patient",
        documentation="A home's id; always needed.",
    ),
    SearchParam(
        name="date",
        type="date",
        definition=f"{_SEARCH}clinical-date",
        documentation="With ge, gt, le or lt; may come several times.",
    ),
    SearchParam(
        name="code",
        type="token",
        definition=f"{_SEARCH}clinical-code",
        documentation="LOINC: " + ", ".join(f"{one.loinc} {one.display}" for one in SIGNS.values()),
    ),
    SearchParam(name="_count", type="number", documentation="Entries of a page; the next is behind the next link."),
)


def statement_of(base: str) -> CapabilityStatement:
    """Say what the server at this address can do."""
    observations = RestResource(
        type="Observation",
        supported_profile=tuple(
            f"{PROFILES}{name}" for name in ("vitalsigns", *(one.profile for one in SIGNS.values()))
        ),
        interaction=(Interaction(code="search-type"),),
        search_param=_PARAMS,
    )
    security = Security(description="A bearer token of this service with the scope vitals:read.")
    return CapabilityStatement(
        resource_type="CapabilityStatement",
        status="active",
        date=_SAID_ON,
        kind="instance",
        software=Software(name="Dolbom"),
        implementation=Implementation(description="Vital signs of homes that are watched", url=base),
        fhir_version=VERSION,
        format=(MEDIA_TYPE, "json"),
        rest=(Rest(mode="server", security=security, resource=(observations,)),),
    )
