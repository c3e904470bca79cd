"""Everything that Apprise can reach: chat, SMS gateways and push services, each by its URL."""

import asyncio
from typing import Final

import apprise

from alerts.channels import Delivery, NotSent, Result, Sent
from alerts.delivery import TIMEOUTS
from alerts.wording import Message, in_language
from contracts import Severity
from homes.model import Channel, Contact

_SERIOUS: Final = frozenset({Severity.EMERGENCY, Severity.URGENT})


class Apprise:
    """Any Apprise URL. Its services take no key, so a repeat may be shown twice: better than not at all."""

    async def send(self, message: Message, contact: Contact) -> Delivery:
        """Hand a message to the service behind a URL."""
        service = apprise.Apprise()
        if not service.add(contact.address):
            return NotSent(result=Result.BAD_ADDRESS, retry=False)
        kind = apprise.NotifyType.FAILURE if message.severity in _SERIOUS else apprise.NotifyType.WARNING
        try:
            async with asyncio.timeout(TIMEOUTS[Channel.APPRISE]):
                # In a thread: most of its services block.
                sent = await asyncio.to_thread(
                    service.notify,
                    title=in_language(message.title, message.language),
                    body=f"{in_language(message.text, message.language)}\n{message.link}",
                    notify_type=kind,
                )
        except TimeoutError:
            return NotSent(result=Result.TIMED_OUT, retry=True)
        return Sent() if sent else NotSent(result=Result.UNREACHABLE, retry=True)
