"""Posts to other systems: each name is looked up once and only its public addresses are spoken to."""

import asyncio
import socket
from ipaddress import ip_address
from typing import Any, Final, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from console.api.webhooks.addresses import is_public

#: A receiver that needs longer takes it in hand first and works afterwards.
ANSWERED_WITHIN_SECONDS: Final = 10.0
_AT_ONCE: Final = 20


class Outside(AbstractResolver):
    """Looks names up, and forgets every address that leads inside: what was checked is what is spoken to."""

    def __init__(self) -> None:
        self._all = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Name the public addresses of a host."""
        found = [one for one in await self._all.resolve(host, port, family) if is_public(ip_address(one["host"]))]
        if not found:
            raise OSError("leads into a private network")
        return found

    async def close(self) -> None:
        """Nothing is held."""


class Poster:
    """Connections to other systems: no proxy, no cookie, no redirect is followed."""

    def __init__(self, *, inside: bool) -> None:
        self._inside = inside
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        resolver = None if self._inside else Outside()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=_AT_ONCE, resolver=resolver, use_dns_cache=False),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """Post, and tell the status; 0 when nobody answered."""
        if self._session is None:
            raise RuntimeError("enter the poster first: async with Poster() as ...")
        try:
            async with (
                asyncio.timeout(ANSWERED_WITHIN_SECONDS),
                self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return 0
