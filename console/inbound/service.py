"""What is done about what comes in: a receipt, a reply by text message, a key pressed during a call."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from alerts.addressing import addressed
from alerts.contacts.postgres import Contacts
from alerts.contacts.state import proves
from alerts.events import Answered, CheckAnswered, Event, Receipt, Receipted
from alerts.gateway.files import load_template
from alerts.gateway.template import Report, Template, found, report_of
from alerts.model import Notification, Purpose
from alerts.postgres import AlertStore
from alerts.reasons import Reason
from alerts.telling import RESIDENT
from alerts.transition import Transition
from alerts.wording import ANSWERABLE
from console.inbound.answering import MOST_UNCLEAR, Outcome, answer_to
from console.inbound.limits import PROVIDER, SENDER, Limits
from console.inbound.postgres import Inbox
from console.inbound.reading import Said, forms_of, key_of, said_of
from contracts import AlertId, ResponderId
from homes.model import Channel
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool
from runtime.settings import SHORTEST_SECRET, Alerts, Secret

log = structlog.get_logger()

#: A provider may report before we have written that it took the call.
_LOOKS: Final = 4
_BETWEEN_SECONDS: Final = 0.25
_RECEIPTS: Final = {
    Report.DELIVERED: Receipt.DELIVERED,
    Report.READ: Receipt.READ,
    Report.FAILED: Receipt.FAILED,
}


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A gateway that may speak to us."""

    name: str
    channel: Channel
    template: Template
    secret: Secret


class Inbound:
    """Everything that an inbound request can bring about."""

    def __init__(self, pool: Pool, settings: Alerts) -> None:
        self._settings = settings
        self._inbox = Inbox(pool)
        self._homes = HomeStore(pool)
        self._contacts = Contacts(pool)
        self._store = AlertStore(pool, lease_seconds=settings.acknowledgement_seconds)
        self._providers = _providers(settings)
        self._limits = Limits(*PROVIDER)
        self._senders = Limits(*SENDER)

    def provider(self, name: str) -> Provider | None:
        """Give a gateway by its name, when it is set up to speak to us."""
        return self._providers.get(name)

    def allows(self, provider: Provider) -> bool:
        """Tell whether a gateway may send another request now."""
        return self._limits.allows(provider.name, clock.ticks())

    async def heard(self, provider: Provider, digest: str) -> bool:
        """Tell whether a request was carried out before."""
        return await self._inbox.heard(provider.name, digest)

    async def note(self, provider: Provider, digest: str) -> None:
        """Write down that a request was carried out."""
        await self._inbox.note(provider.name, digest)

    async def receipt(self, provider: Provider, said: object) -> Outcome:
        """Hear what became of a call."""
        receipts = provider.template.receipts
        report = report_of(receipts, found(said, receipts.status))
        receipt = _RECEIPTS.get(report)
        if receipt is None:
            return Outcome.ON_THE_WAY
        call = await self._call(provider, key=found(said, receipts.key), ref=found(said, receipts.ref))
        if call is None:
            return Outcome.UNKNOWN_CALL
        done = await self._apply(_receipted(call, receipt))
        await self._remember(call, arrived=receipt is not Receipt.FAILED)
        log.info("receipt_heard", notification_id=call.notification_id, receipt=receipt, reason=done.reason)
        return Outcome.DONE

    async def reply(self, provider: Provider, said: object) -> Outcome:
        """Hear what somebody answered by text message: it answers the latest open call to their number."""
        replies = provider.template.replies
        forms = forms_of(found(said, replies.sender))
        known = await self._inbox.with_number(forms) if forms else []
        if not known:
            return Outcome.UNKNOWN_SENDER
        if not self._senders.allows(forms[0], clock.ticks()):
            return Outcome.TOO_MUCH
        meant = said_of(found(said, replies.text))
        if meant is Said.CODE:
            return await self._proved(known, found(said, replies.text))
        calls = await self._inbox.open_to(forms)
        if not calls:
            return Outcome.NO_OPEN_CALL
        if meant is Said.UNCLEAR:
            return await self._unclear(calls[0])
        return await self._answered(calls[0], accepted=meant is Said.YES)

    async def key(self, provider: Provider, said: object) -> Outcome:
        """Hear which key was pressed during a call: by a responder, or by the resident who was asked."""
        keys = provider.template.keys
        meant = key_of(found(said, keys.pressed))
        call = await self._call(provider, key=found(said, keys.key), ref=found(said, keys.ref))
        if call is None:
            return Outcome.UNKNOWN_CALL
        if meant is Said.UNCLEAR:
            return Outcome.UNCLEAR
        if call.purpose is Purpose.CHECK and call.responder_id == RESIDENT:
            done = await self._apply(CheckAnswered(alert_id=call.alert_id, well=meant is Said.YES))
            log.info("check_answered", alert_id=call.alert_id, well=meant is Said.YES, reason=done.reason)
            return Outcome.DONE
        if call.purpose not in ANSWERABLE:
            return Outcome.NOTHING_ASKED
        return await self._answered(call, accepted=meant is Said.YES, confirm=False)

    async def opened(self, alert_id: AlertId, responder_id: ResponderId) -> None:
        """Hear that a responder opened their link: the call was read, and nothing else changes."""
        call = await self._inbox.unread(alert_id, responder_id)
        if call is not None:
            await self._apply(_receipted(call, Receipt.READ))

    async def _answered(self, call: Notification, *, accepted: bool, confirm: bool = True) -> Outcome:
        if not await self._may_answer(call):
            return Outcome.NOT_ON_THE_LIST
        event = Answered(alert_id=call.alert_id, responder_id=call.responder_id, accepted=accepted)
        done = await self._apply(event)
        log.info("responder_answered", alert_id=call.alert_id, accepted=accepted, reason=done.reason)
        if confirm:
            purpose = Purpose.TAKEN if done.reason is Reason.ANOTHER_GOES else Purpose.HEARD
            await self._inbox.put(answer_to(call, purpose, str(event.accepted), clock.now()))
        return Outcome.DONE

    async def _unclear(self, call: Notification) -> Outcome:
        asked = await self._inbox.count(call, Purpose.UNCLEAR)
        if asked < MOST_UNCLEAR:
            await self._inbox.put(answer_to(call, Purpose.UNCLEAR, str(asked), clock.now()))
        return Outcome.UNCLEAR

    async def _proved(self, known: list[ResponderId], code: str) -> Outcome:
        secret, now = self._settings.link_secret.reveal(), clock.now()
        for responder in (await self._homes.responders(known)).values():
            for contact in responder.contacts:
                if proves(secret, code, responder.responder_id, contact, now):
                    await self._contacts.verified(responder.responder_id, contact)
                    return Outcome.VERIFIED
        return Outcome.UNCLEAR

    async def _call(self, provider: Provider, *, key: str, ref: str) -> Notification | None:
        for look in range(_LOOKS):
            if look:
                await asyncio.sleep(_BETWEEN_SECONDS)
            call = await self._inbox.call(provider.channel, key=key, ref=ref)
            if call is not None:
                return call
        return None

    async def _may_answer(self, call: Notification) -> bool:
        # A number outlives a place on the list: whoever was taken off it cannot silence anything.
        home = await self._homes.load(call.home_id)
        if home is None:
            return False
        return addressed(call, home, rosters=await self._homes.on_rosters()) is not None

    async def _remember(self, call: Notification, *, arrived: bool) -> None:
        home = await self._homes.load(call.home_id)
        if home is None or call.responder_id == RESIDENT:
            return
        to = addressed(call, home, rosters=await self._homes.on_rosters())
        if to is None:
            return
        if arrived:
            await self._contacts.reached([(call.responder_id, to.contact)])
            return
        await self._contacts.failed(call.responder_id, to.contact)

    async def _apply(self, event: Event) -> Transition:
        return await self._store.apply(event)


def _providers(settings: Alerts) -> Mapping[str, Provider]:
    """Load the gateways that have a template and a secret of their own; BadTemplate says what is wrong with one."""
    named = (
        ("sms", Channel.SMS, settings.sms_gateway, settings.sms_inbound_secret),
        ("voice", Channel.VOICE, settings.voice_gateway, settings.voice_inbound_secret),
    )
    return {
        name: Provider(name=name, channel=channel, template=load_template(template), secret=secret)
        for name, channel, template, secret in named
        if template and len(secret) >= SHORTEST_SECRET
    }


def _receipted(call: Notification, receipt: Receipt) -> Receipted:
    return Receipted(alert_id=call.alert_id, notification_id=call.notification_id, receipt=receipt, at=clock.now())
