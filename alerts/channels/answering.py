"""Read a provider's answer: a little of it, for a little while, whatever it sends."""

import asyncio
from typing import Final

import httpx

#: More is not read of an answer.
READ_BYTES: Final = 16_384
READ_SECONDS: Final = 0.5


async def read_some(answer: httpx.Response) -> bytes:
    """Read a short answer, so that its connection can be kept; a long or slow one is cut off and counts as empty."""
    read = b""
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for some in answer.aiter_bytes():
                read += some
                if len(read) > READ_BYTES:
                    return b""
    except (TimeoutError, httpx.HTTPError):
        return b""
    return read
