"""The pages that ask for a code."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from http import HTTPStatus

import pyotp
import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.access import SignIn
from console.entry import totp
from console.entry.access import check_again, check_code, enrol, key_of, needs_step_up
from console.entry.gate import FACTOR
from console.entry.postgres import EntryStore
from console.sessions import safe_path, stored
from console.web import doors_of, form_of, html, operator_of, text_of, words_of

_QR_SCALE = 5


async def ask(request: Request) -> Response:
    """Ask for the code that follows the password."""
    return _form(request, "factor.j2", next_path=safe_path(request.query_params.get("next", "/")))


async def show(request: Request) -> Response:
    """Check the code that follows the password."""
    form = await form_of(request)
    next_path = safe_path(text_of(form, "next") or "/")
    how = await check_code(request, text_of(form, "code"))
    if how is not SignIn.DONE:
        return _form(request, "factor.j2", next_path=next_path, how=how)
    await EntryStore(doors_of(request).pool).proved(stored(operator_of(request).session))
    return RedirectResponse(next_path, status_code=HTTPStatus.SEE_OTHER)


async def ask_again(request: Request) -> Response:
    """Ask for a code, or the password, before something grave."""
    return _form(request, "stepup.j2", next_path=safe_path(request.query_params.get("next", "/")))


async def show_again(request: Request) -> Response:
    """Check it, and lead back."""
    form = await form_of(request)
    next_path = safe_path(text_of(form, "next") or "/")
    how = await check_again(request, text_of(form, "code"))
    if how is not SignIn.DONE:
        return _form(request, "stepup.j2", next_path=next_path, how=how)
    await EntryStore(doors_of(request).pool).step_up(stored(operator_of(request).session))
    return RedirectResponse(next_path, status_code=HTTPStatus.SEE_OTHER)


async def enrol_page(request: Request) -> Response:
    """Show a new secret as a QR code and as text."""
    refused = await _no_second(request)
    return refused or _secret_page(request, pyotp.random_base32(), safe_path(request.query_params.get("next", "/")))


async def enrol_now(request: Request) -> Response:
    """Keep the secret once its first code is right, and show the codes for paper, once."""
    form = await form_of(request)
    refused = await _no_second(request)
    if refused is not None:
        return refused
    next_path, secret = safe_path(text_of(form, "next") or "/"), _pending(request, text_of(form, "sealed"))
    if secret is None:
        return RedirectResponse("/second-factor/enrol", status_code=HTTPStatus.SEE_OTHER)
    papers = await enrol(request, secret, text_of(form, "code"))
    if not papers:
        return _secret_page(request, secret, next_path, problem=words_of(request)("factor.wrong"))
    return html(request, "factor_paper.j2", papers=papers, next=next_path)


async def _no_second(request: Request) -> Response | None:
    """Let nobody who only has the password put their own telephone in the place of the one that is enrolled."""
    operator = operator_of(request)
    if not operator.enrolled:
        return None
    if not operator.proved:
        return RedirectResponse(FACTOR, status_code=HTTPStatus.SEE_OTHER)
    return await needs_step_up(request, back="/second-factor/enrol")


def _secret_page(request: Request, secret: str, next_path: str, *, problem: str = "") -> Response:
    address = totp.address_of(secret, operator_of(request).name)
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=_QR_SCALE, dark="#000", light="#fff")
    nonce = secrets.token_bytes(totp.NONCE_BYTES)
    sealed = urlsafe_b64encode(totp.sealed(key_of(request), _whose(request), secret, nonce)).decode()
    status = HTTPStatus.UNAUTHORIZED if problem else HTTPStatus.OK
    values = {"drawn": drawn, "secret": totp.in_groups(secret), "sealed": sealed, "next": next_path}
    return html(request, "factor_enrol.j2", status=status, problem=problem, **values)


def _pending(request: Request, sealed: str) -> str | None:
    try:
        return totp.opened(key_of(request), _whose(request), urlsafe_b64decode(sealed))
    except ValueError:
        return None


def _whose(request: Request) -> str:
    # A secret that waits for its first code is good for this session only.
    return f"pending\x1f{operator_of(request).session}"


def _form(request: Request, template: str, *, next_path: str, how: SignIn = SignIn.DONE) -> Response:
    statuses = {SignIn.WAIT: HTTPStatus.TOO_MANY_REQUESTS, SignIn.WRONG: HTTPStatus.UNAUTHORIZED}
    problem = "" if how is SignIn.DONE else words_of(request)(f"factor.{how}")
    codes = doors_of(request).access.asks_for_codes
    status = statuses.get(how, HTTPStatus.OK)
    return html(request, template, status=status, problem=problem, next=next_path, codes=codes)


ROUTES = [
    Route("/second-factor", ask, methods=["GET"]),
    Route("/second-factor", show, methods=["POST"]),
    Route("/second-factor/enrol", enrol_page, methods=["GET"]),
    Route("/second-factor/enrol", enrol_now, methods=["POST"]),
    Route("/step-up", ask_again, methods=["GET"]),
    Route("/step-up", show_again, methods=["POST"]),
]
