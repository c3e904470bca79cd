"""The HTTP client of a service that sends much: httpx as everybody knows it, over aiohttp's connections.

Httpx's own connections cost a push six times the processor time: in a flood that is the difference between seconds
and half a minute (docs/explanation/how-fast-alerts-are.md).
"""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final, Self

import aiohttp
import httpx
from yarl import URL

_AT_ONCE: Final = 128
_KEPT_SECONDS: Final = 60.0
#: What aiohttp would add of itself; httpx has said all.
_NOT_ADDED: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


def client() -> httpx.AsyncClient:
    """Make a client; its settings come from us alone, and it follows nobody elsewhere."""
    return httpx.AsyncClient(transport=Connections(), trust_env=False, follow_redirects=False)


class Connections(httpx.AsyncBaseTransport):
    """Connections that are kept: a handshake costs more than the whole rest of a push."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=_AT_ONCE, keepalive_timeout=_KEPT_SECONDS, ssl=httpx.create_ssl_context(trust_env=False)
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_NOT_ADDED,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        at: TracebackType | None = None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; what goes wrong is told in httpx's words."""
        if self._session is None:
            raise RuntimeError("enter the client first: async with client() as ...")
        body = await request.aread()
        try:
            answer = await self._session.request(
                request.method,
                URL(str(request.url), encoded=True),
                data=body or None,
                headers=request.headers.multi_items(),
                allow_redirects=False,
                timeout=_timeout_of(request),
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise _in_httpx_words(error, request) from error
        headers = [(name, value) for name, value in answer.raw_headers]
        return httpx.Response(answer.status, headers=headers, stream=_Body(answer, request))


class _Body(httpx.AsyncByteStream):
    """An answer's body; a connection whose answer was not read to its end is not used again."""

    def __init__(self, answer: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for some in self._answer.content.iter_any():
                yield some
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _in_httpx_words(error, self._request) from error

    async def aclose(self) -> None:
        """Give the connection back, or cut it."""
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()


def _timeout_of(request: httpx.Request) -> aiohttp.ClientTimeout:
    asked = request.extensions.get("timeout", {})
    return aiohttp.ClientTimeout(
        total=None, connect=asked.get("pool"), sock_connect=asked.get("connect"), sock_read=asked.get("read")
    )


def _in_httpx_words(error: Exception, request: httpx.Request) -> Exception:
    match error:
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return httpx.UnsupportedProtocol("an address that nobody can be asked at", request=request)
        case aiohttp.ConnectionTimeoutError():
            return httpx.ConnectTimeout("no connection in time", request=request)
        case TimeoutError():
            return httpx.ReadTimeout("no answer in time", request=request)
        case aiohttp.ClientConnectorError():
            return httpx.ConnectError(type(error).__name__, request=request)
        case aiohttp.ClientPayloadError() | aiohttp.ServerDisconnectedError():
            return httpx.RemoteProtocolError(type(error).__name__, request=request)
        case ValueError() if not isinstance(error, aiohttp.ClientError):
            return httpx.LocalProtocolError("a request that cannot be written", request=request)
        case _:
            return httpx.ReadError(type(error).__name__, request=request)
