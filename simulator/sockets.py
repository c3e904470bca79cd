"""Call an alarm receiver over TCP or UDP and wait for its answer, as a panel does."""

import asyncio
from contextlib import suppress


async def call_tcp(host: str, port: int, message: bytes, *, within: float = 10.0) -> bytes:
    """Say a message on a connection of its own; answer what was answered, empty when nothing was."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(message)
        async with asyncio.timeout(within):
            return await reader.readuntil(b"\r")
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
        return b""
    finally:
        writer.close()


async def call_udp(host: str, port: int, message: bytes, *, within: float = 10.0) -> bytes:
    """Say a message in a datagram; answer what was answered, empty when nothing was."""
    answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Ear(answer), remote_addr=(host, port)
    )
    try:
        transport.sendto(message)
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                return await answer
        return b""
    finally:
        transport.close()


class _Ear(asyncio.DatagramProtocol):
    """Take the first datagram."""

    def __init__(self, answer: asyncio.Future[bytes]) -> None:
        self._answer = answer

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        """Keep the first."""
        if not self._answer.done():
            self._answer.set_result(data)
