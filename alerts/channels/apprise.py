"""Everything that Apprise can reach: chat, SMS gateways and push services, each by its URL."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import apprise

from alerts.channels import SERIOUS, Delivery, NotSent, Result, Sent
from alerts.delivery import TIMEOUTS
from alerts.wording import Message, in_language, written
from homes.model import Channel, Contact

#: Messages on their way at the same time; more wait.
THREADS: Final = 16


class Apprise:
    """Any Apprise URL. Its services take no key, so a repeat may be shown twice: better than not at all."""

    def __init__(self) -> None:
        # Threads of its own: services that hang must not keep the others' names from being looked up.
        self._threads = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="apprise")

    async def send(self, message: Message, contact: Contact) -> Delivery:
        """Hand a message to the service behind a URL."""
        service = apprise.Apprise()
        if not _added(service, contact.address):
            return NotSent(result=Result.BAD_ADDRESS, retry=False)
        kind = apprise.NotifyType.FAILURE if message.severity in SERIOUS else apprise.NotifyType.WARNING
        try:
            async with asyncio.timeout(TIMEOUTS[Channel.APPRISE]):
                # In a thread: most of its services block.
                notify = partial(
                    service.notify,
                    title=in_language(message.title, message.language),
                    body=written(message),
                    notify_type=kind,
                )
                sent = await asyncio.get_running_loop().run_in_executor(self._threads, notify)
        except TimeoutError:
            return NotSent(result=Result.TIMED_OUT, retry=True)
        except (TypeError, ValueError, OSError):
            return NotSent(result=Result.UNREACHABLE, retry=True)
        return Sent() if sent else NotSent(result=Result.UNREACHABLE, retry=True)


def _added(service: apprise.Apprise, address: str) -> bool:
    try:
        return bool(service.add(address))
    except (TypeError, ValueError, LookupError):
        return False
