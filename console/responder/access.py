"""Whose link it is, and whether this telephone may use it: what every page behind a link asks first."""

import secrets
from dataclasses import dataclass

import httpx
from starlette.requests import Request
from starlette.responses import Response

from alerts.channels import NotSent
from alerts.contacts.push import try_one
from alerts.contacts.state import proves
from alerts.links import LinkClaim, read_token
from alerts.service import channels_of
from console.inbound.limits import Limits
from console.responder.postgres import Telephones
from console.responder.stages import COMING, stage_of
from console.responder.telephone import (
    COOKIE,
    COOKIE_LASTS,
    MOST_TRIES,
    Whose,
    contact_for_a_code,
    digest_of,
    whose,
)
from console.rows import Entry
from console.web import doors_of, look_of
from console.words import Words
from homes.model import Channel, Contact, Responder
from runtime import clock
from runtime.settings import Alerts


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who comes by a link, and what it leads to."""

    claim: LinkClaim
    entry: Entry
    #: None: they were taken off the home's list, and their link is worth nothing.
    responder: Responder | None
    words: Words


def claim_of(request: Request) -> LinkClaim | None:
    """Read the link's token; None when it is forged or over."""
    secret = doors_of(request).settings.alerts.link_secret.reveal()
    claim = read_token(secret, request.path_params["token"], clock.now())
    return claim if isinstance(claim, LinkClaim) else None


async def visitor_of(request: Request) -> Visitor | None:
    """Find who comes by the link of a request; None when it leads nowhere."""
    doors, claim = doors_of(request), claim_of(request)
    if claim is None:
        return None
    entry = await doors.desk.entry(claim.alert_id, clock.now())
    if entry is None:
        return None
    # A link outlives a place on the home's list or a roster: whoever was taken off sees nothing and silences nothing.
    listed = entry.home.responders if entry.home else ()
    responder = next((one for one in listed if one.responder_id == claim.responder_id), None)
    responder = responder or await doors.desk.on_roster(claim.responder_id)
    language = responder.language if responder else ""
    words = doors.renderer.words(look_of(request, language=language).language)
    return Visitor(claim=claim, entry=entry, responder=responder, words=words)


async def is_anothers(request: Request, visitor: Visitor) -> bool:
    """Tell whether a code is asked for: the link is another telephone's, says where to go, and a code can be sent."""
    responder, alert = visitor.responder, visitor.entry.alert
    if responder is None or stage_of(alert, visitor.claim.responder_id, clock.now()) not in COMING:
        return False
    if not await is_bound_elsewhere(request, visitor.claim):
        return False
    # Where no code can be brought nobody is kept from a door for want of one.
    return code_contact(request, responder) is not None


async def is_bound_elsewhere(request: Request, claim: LinkClaim) -> bool:
    """Tell whether a link belongs to another telephone than the one that comes."""
    bound = await Telephones(doors_of(request).pool).of(claim)
    return whose(bound, request.cookies.get(COOKIE, "")) is Whose.ANOTHERS


def code_contact(request: Request, responder: Responder) -> Contact | None:
    """Choose where a code would be sent."""
    return contact_for_a_code(responder, _set_up(doors_of(request).settings.alerts))


def _set_up(alerts: Alerts) -> frozenset[Channel]:
    set_up = {Channel.SMS: alerts.sms_gateway, Channel.VOICE: alerts.voice_gateway}
    return frozenset(channel for channel, gateway in set_up.items() if gateway)


async def bind(request: Request, claim: LinkClaim, answer: Response) -> None:
    """Let the link belong to this telephone, if it is nobody's yet or the telephone has no mark of its own."""
    telephones = Telephones(doors_of(request).pool)
    cookie = request.cookies.get(COOKIE, "")
    if cookie and await telephones.of(claim) == digest_of(cookie):
        return
    cookie = cookie or secrets.token_urlsafe(16)
    await telephones.bind(claim, digest_of(cookie))
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(COOKIE_LASTS.total_seconds()),
        path="/r/",
        httponly=True,
        samesite="lax",
        secure=doors_of(request).settings.console.secure_cookies,
    )


async def is_right_code(request: Request, visitor: Visitor, code: str) -> bool:
    """Tell whether a code is the one that was sent to the responder; only a few may be tried."""
    responder = visitor.responder
    contact = code_contact(request, responder) if responder else None
    doors = doors_of(request)
    if responder is None or contact is None or not await Telephones(doors.pool).may_try(visitor.claim, MOST_TRIES):
        return False
    secret = doors.settings.alerts.link_secret.reveal()
    return proves(secret, code, responder.responder_id, contact, clock.now())


async def try_out(request: Request, responder: Responder, contact: Contact) -> bool:
    """Send a message with a code to a contact; tell whether it was taken."""
    doors = doors_of(request)
    trials: Limits = request.app.state.trials
    if not trials.allows(responder.responder_id, clock.ticks()):
        return False
    async with httpx.AsyncClient(trust_env=False) as client:
        channels = channels_of(doors.settings.alerts, client, pool=doors.pool, mqtt=doors.settings.mqtt)
        tried = await try_one(doors.pool, doors.settings, channels, responder, contact)
    return not isinstance(tried.delivery, NotSent)
