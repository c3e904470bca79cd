"""Say publishes once more by the byte, as a gateway does that did not hear the acknowledgement."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Final

from bench.faults.furnishing import NotDone
from bench.faults.wire import acknowledged, connect, disconnect, publish
from runtime.settings import Mqtt
from simulator.dialects import Message

_PATIENCE: Final = 10.0


async def say_again(settings: Mqtt, messages: Sequence[Message], *, times: int, dup: bool) -> int:
    """Publish these messages so often, with the mark DUP or without; answer how many the broker acknowledged."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _said(settings, messages, times=times, dup=dup)
    except (OSError, TimeoutError) as error:
        raise NotDone(f"the broker was not reached: {type(error).__name__}") from error


async def _said(settings: Mqtt, messages: Sequence[Message], *, times: int, dup: bool) -> int:
    reader, writer = await asyncio.open_connection(settings.host, settings.port, ssl=_tls(settings))
    client = f"faults-again-{'dup' if dup else 'plain'}"
    writer.write(connect(client, username=settings.username, password=settings.password.reveal()))
    packet = 0
    for _ in range(times):
        for message in messages:
            packet += 1
            writer.write(publish(message.topic, message.payload, packet=packet, dup=dup))
    heard = b""
    while len(acknowledged(heard)) < packet:
        some = await reader.read(4096)
        if not some:
            raise ConnectionError("the broker closed the connection")
        heard += some
    writer.write(disconnect())
    await writer.drain()
    writer.close()
    return packet


def _tls(settings: Mqtt) -> ssl.SSLContext | None:
    if not settings.ca_file:
        return None
    context = ssl.create_default_context(cafile=settings.ca_file)
    if settings.certificate_file:
        context.load_cert_chain(settings.certificate_file, settings.key_file or None)
    return context
