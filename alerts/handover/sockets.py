"""One message over TCP, and its answer: a connection of its own each time, for cases are few."""

import asyncio
from typing import Final

_LARGEST: Final = 4_096
_END: Final = b"\r"


async def ask(host: str, port: int, frame: bytes, *, within: float) -> bytes:
    """Send a frame and read one back; raise OSError or TimeoutError when none comes."""
    async with asyncio.timeout(within):
        reader, writer = await asyncio.open_connection(host, port, limit=_LARGEST)
        try:
            writer.write(frame)
            await writer.drain()
            return await reader.readuntil(_END)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise ConnectionError("the centre hung up, or spoke without an end") from error
        finally:
            writer.close()
