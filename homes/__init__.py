"""Homes, residents' essentials, sensors, responders, policies, districts and holds."""

from homes.model import (
    Channel,
    Contact,
    District,
    Home,
    ImportReport,
    Policy,
    PolicyStep,
    Resident,
    Responder,
    ResponderKind,
    Street,
    watched_home,
)

__all__ = [
    "Channel",
    "Contact",
    "District",
    "Home",
    "ImportReport",
    "Policy",
    "PolicyStep",
    "Resident",
    "Responder",
    "ResponderKind",
    "Street",
    "watched_home",
]
