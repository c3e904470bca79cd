"""One test message with a code, and what came of it."""

from dataclasses import dataclass

from alerts.channels import Delivery, NotSent, Pusher, Result, Sent
from alerts.contacts.postgres import Contacts
from alerts.contacts.state import code_of, trial_key
from alerts.wording import trial
from homes.model import Channel, Contact, Responder
from runtime import clock
from runtime.postgres import Pool
from runtime.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of a test message."""

    contact: Contact
    delivery: Delivery


async def try_one(
    pool: Pool, settings: Settings, channels: dict[Channel, Pusher], responder: Responder, contact: Contact
) -> Tried:
    """Send one test message, and write down what came of it."""
    if contact.channel is Channel.DEVICE:
        # It stands in a home, and belongs to no person.
        return Tried(contact=contact, delivery=NotSent(result=Result.BAD_ADDRESS, retry=False))
    now = clock.now()
    code = code_of(settings.alerts.link_secret.reveal(), responder.responder_id, contact, now)
    key = trial_key(responder.responder_id, contact, now)
    said = trial(key, responder.responder_id, language=responder.language, code=code)
    delivery = await channels[contact.channel].send(said, contact)
    contacts = Contacts(pool)
    if isinstance(delivery, Sent):
        await contacts.tested(responder.responder_id, contact)
    else:
        await contacts.failed(responder.responder_id, contact)
    return Tried(contact=contact, delivery=delivery)
