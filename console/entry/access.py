"""What other pages ask of the entry: a step up before something grave, and whether a record may be opened."""

import secrets
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from console.access import SignIn
from console.chain import Look
from console.entry import totp
from console.entry.gate import GLASS_LASTS, is_stepped_up
from console.entry.postgres import EntryStore
from console.sessions import safe_path, stored
from console.web import did, doors_of, operator_of, words_of
from runtime import clock


def stepped_up(request: Request) -> bool:
    """Tell whether this session showed a code (or the password, without a second factor) within ten minutes."""
    return is_stepped_up(operator_of(request), clock.now())


async def needs_step_up(request: Request, *, back: str = "") -> Response | None:
    """Answer with the page that asks for a code again; None when one was shown within ten minutes.

    Exports, role changes, erasure and health data shown to a supervisor begin with it:

        if (step := await needs_step_up(request)) is not None:
            return step

    After the code the reader is led back to the page that was asked for. A post is not repeated for them: name
    in `back` the page that holds its form. A script finds the address in the header `X-Step-Up`.
    """
    if stepped_up(request):
        return None
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    here = safe_path(back) if back else asked if request.method == "GET" else "/"
    where = f"/step-up?next={quote(here)}"
    if "x-script" in request.headers or "x-fragment" in request.headers:
        text = words_of(request)("stepup.needed")
        return PlainTextResponse(text, status_code=HTTPStatus.FORBIDDEN, headers={"X-Step-Up": where})
    return RedirectResponse(where, status_code=HTTPStatus.SEE_OTHER)


async def may_see(request: Request, home_id: str, district_id: str) -> bool:
    """Tell whether the reader may open this home's record: it is in their districts, or they said why all the same."""
    operator = operator_of(request)
    if operator.sees(district_id):
        return True
    return await EntryStore(doors_of(request).pool).is_open(operator.name, home_id, clock.now())


async def break_glass(request: Request, home_id: str, reason: str) -> None:
    """Open a record outside the reader's districts for an hour; supervisors see it until one signs it off."""
    now = clock.now()
    await did(request, home_id, Look.GLASS_BROKEN, reason=reason)
    store = EntryStore(doors_of(request).pool)
    await store.break_glass(operator_of(request).name, home_id, reason, now=now, until=now + GLASS_LASTS)


async def check_code(request: Request, code: str) -> SignIn:
    """Check a code of the app or of the paper; each is good for once."""
    name = operator_of(request).name
    return await doors_of(request).access.guess(name, lambda: _use_up(request, name, code))


async def check_again(request: Request, answer: str) -> SignIn:
    """Check what a step up asks for: a code, or the password where there is no second factor."""
    access = doors_of(request).access
    if access.asks_for_codes:
        return await check_code(request, answer)
    return await access.again(operator_of(request).name, answer)


async def _use_up(request: Request, name: str, code: str) -> bool:
    doors = doors_of(request)
    store = EntryStore(doors.pool)
    if totp.looks_like_paper(code):
        return await store.use_paper(name, totp.digest_of(code))
    factor = await store.factor(name)
    secret = totp.opened(key_of(request), name, factor.totp_sealed) if factor.totp_sealed else None
    if secret is None:
        return False
    step = totp.accepted_step(secret, code, clock.now(), after=factor.totp_last_step)
    return step is not None and await store.use_step(name, step)


async def enrol(request: Request, secret: str, code: str) -> tuple[str, ...]:
    """Keep a second factor whose first code is right, and answer its codes for paper; none when it was wrong."""
    doors, operator = doors_of(request), operator_of(request)
    step = totp.accepted_step(secret, code, clock.now(), after=0)
    if step is None:
        return ()
    papers = tuple(totp.paper_code(secrets.token_bytes(totp.PAPER_BYTES)) for _ in range(totp.PAPER_CODES))
    sealed = totp.sealed(key_of(request), operator.name, secret, secrets.token_bytes(totp.NONCE_BYTES))
    store = EntryStore(doors.pool)
    await store.enrol(operator.name, sealed, step, totp.digests_of(papers))
    await store.proved(stored(operator.session))
    await did(request, operator.name, Look.FACTOR_ENROLLED)
    return papers


def key_of(request: Request) -> str:
    """Give the key that seals what an account keeps."""
    return doors_of(request).settings.console.session_secret.reveal()
