"""A gateway's template: how a call is asked for, what the answer means, and how the provider reports and replies."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal
from urllib.parse import urlencode, urlsplit

import msgspec

#: What a template may put into a request, each as {name}.
PLACES: Final = frozenset({"to", "text", "key", "callback", "url", "user", "secret", "sender", "language"})
Fields = dict[str, object]


class BadTemplate(Exception):
    """A template cannot be used; the message says where and why."""


class Report(StrEnum):
    """What a provider tells of a message that it took before."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    #: It is still on its way.
    ON_THE_WAY = "on_the_way"


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the provider answers a request."""

    #: Where in the answer's JSON the provider's own id stands, as `a.b.0.c`; empty: it gives none.
    ref: str = ""
    #: HTTP statuses that mean that it took it.
    taken: tuple[int, ...] = (200, 201, 202)
    #: HTTP statuses that mean: not now.
    later: tuple[int, ...] = (408, 425, 429, 500, 502, 503, 504)
    #: HTTP statuses that mean that the number is none.
    bad_address: tuple[int, ...] = ()
    #: Some answer 200 whatever happens: where the true result stands, and what it must be.
    result: str = ""
    result_taken: tuple[str, ...] = ()
    result_later: tuple[str, ...] = ()
    result_bad_address: tuple[str, ...] = ()


class Receipts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the provider reports later what became of a message."""

    #: Where its own id stands, or our key when it gives that back.
    ref: str = ""
    key: str = ""
    status: str = "status"
    delivered: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    #: Without a good report within so long the message counts as not delivered; 0: it is waited for by nobody.
    within_seconds: int = 0


class Replies(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where in a request of the provider stands who wrote what, or which key was pressed."""

    sender: str = "from"
    text: str = "text"
    #: The provider's id of this reply: a repeat has the same.
    id: str = "id"


class Keys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where stands which key was pressed during which call."""

    ref: str = ""
    key: str = ""
    pressed: str = "digits"


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the provider proves that it is the provider that calls us."""

    #: `hmac`: HMAC-SHA256 in hex over `<timestamp>.<body>`; `token`: the shared secret itself.
    kind: Literal["hmac", "token"] = "hmac"
    header: str = "dolbom-signature"
    #: What stands before the value in the header, as `v1=` or `Bearer `.
    prefix: str = "v1="
    #: Seconds since 1970; with `token` there is none.
    timestamp_header: str = "dolbom-timestamp"


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one kind of gateway wants to hear."""

    url: str
    method: Literal["POST", "PUT", "GET"] = "POST"
    #: `query` puts the fields behind the address.
    body: Literal["json", "form", "query"] = "json"
    headers: dict[str, str] = {}
    fields: Fields = {}
    answer: Answer = Answer()
    receipts: Receipts = Receipts()
    replies: Replies = Replies()
    keys: Keys = Keys()
    proof: Proof = Proof()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it goes out."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


def read_template(table: Mapping[str, object]) -> Template:
    """Read a template, or raise BadTemplate."""
    try:
        template = msgspec.convert(table, Template)
    except msgspec.ValidationError as error:
        raise BadTemplate(str(error)) from error
    fill(template, dict.fromkeys(PLACES, ""))
    return template


def fill(template: Template, values: Mapping[str, str]) -> Request:
    """Write the request; raise BadTemplate for a place that nobody fills."""
    url = _filled_text(template.url, values)
    headers = {name.lower(): _filled_text(text, values).strip() for name, text in template.headers.items()}
    filled = _filled(template.fields, values)
    fields = filled if isinstance(filled, dict) else {}
    match template.body:
        case "json":
            kind, body = "application/json", msgspec.json.encode(fields)
        case "form":
            kind, body = "application/x-www-form-urlencoded", _coded(fields)
        case "query":
            kind, body = "", b""
            if fields:
                url += ("&" if urlsplit(url).query else "?") + _coded(fields).decode()
    return Request(
        method=template.method,
        url=url,
        headers=({"content-type": kind} if kind else {}) | headers,
        body=body,
    )


def found(said: object, path: str) -> str:
    """Find what stands at `a.b.0.c` in an answer; empty when nothing does."""
    if not path:
        return ""
    here = said
    for step in path.split("."):
        if isinstance(here, dict) and step in here:
            here = here[step]
        elif isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            return ""
    return str(here) if isinstance(here, str | int | float) and not isinstance(here, bool) else ""


def report_of(receipts: Receipts, status: str) -> Report:
    """Tell what a provider's word means; one that nobody explained ends nothing."""
    word = status.lower()
    for report, words in (
        (Report.DELIVERED, receipts.delivered),
        (Report.READ, receipts.read),
        (Report.FAILED, receipts.failed),
    ):
        if word in {each.lower() for each in words}:
            return report
    return Report.ON_THE_WAY


def _filled(thing: object, values: Mapping[str, str]) -> object:
    if isinstance(thing, str):
        return _filled_text(thing, values)
    if isinstance(thing, dict):
        return {name: _filled(each, values) for name, each in thing.items()}
    if isinstance(thing, list):
        return [_filled(each, values) for each in thing]
    return thing


def _filled_text(text: str, values: Mapping[str, str]) -> str:
    """Put the values in, once: what a value holds is never read as a place."""
    written, rest = "", text
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, closed, rest = after.partition("}")
        if not closed or name not in values:
            raise BadTemplate(f"expected one of {', '.join(sorted(PLACES))} in braces, got {name[:20]!r}")
        written += before + values[name]
    return written + rest


def _coded(fields: Mapping[str, object]) -> bytes:
    return urlencode({name: f"{value}" for name, value in fields.items()}).encode()
