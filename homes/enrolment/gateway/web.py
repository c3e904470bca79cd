"""The gateway's calls: exchange a code, and say that the credential works."""

from typing import Final

import httpx
import msgspec

from homes.enrolment.bundle import Bundle, Confirmation, Exchange, Turned

_TIMEOUT: Final = 30.0
_LARGEST_ANSWER: Final = 65_536


class NotExchanged(Exception):
    """There is no credential; the message says why and what to do."""


def exchange(address: str, asked: Exchange) -> Bundle:
    """Exchange a code; raise NotExchanged."""
    answer = _post(f"{address}/enrol/exchange", msgspec.json.encode(asked))
    try:
        return msgspec.json.decode(answer, type=Bundle)
    except msgspec.DecodeError as error:
        raise NotExchanged("the answer is not one of Dolbom's; is the address right?") from error


def confirm(address: str, confirmation: Confirmation) -> None:
    """Say that the credential works; raise NotExchanged."""
    _post(f"{address}/enrol/confirm", msgspec.json.encode(confirmation))


def _post(url: str, body: bytes) -> bytes:
    try:
        answer = httpx.post(
            url, content=body, headers={"Content-Type": "application/json"}, timeout=_TIMEOUT, follow_redirects=False
        )
    except httpx.HTTPError as error:
        raise NotExchanged(f"{url} does not answer ({type(error).__name__})") from error
    if answer.is_success and len(answer.content) <= _LARGEST_ANSWER:
        return answer.content
    try:
        turned = msgspec.json.decode(answer.content, type=Turned)
    except msgspec.DecodeError as error:
        raise NotExchanged(f"{url} answered {answer.status_code}") from error
    raise NotExchanged(f"{turned.reason}: {turned.mend}")
