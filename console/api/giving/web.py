"""The page of tokens: which systems come in, what they may, and a new token, shown once."""

from http import HTTPStatus
from typing import Final

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.api.giving.access import give, take
from console.api.giving.forms import USUAL_DAYS, USUAL_PER_MINUTE, Unfit, Wish, within
from console.api.giving.lines import lines_of
from console.api.postgres import TokenStore
from console.api.scopes import SCOPE_WORDS, Scope
from console.chain import Look
from console.entry.access import needs_step_up
from console.web import did, doors_of, form_of, html, message, operator_of, text_of, words_of
from console.words import Language
from runtime import clock

PAGE: Final = "/sup/tokens"


async def tokens_page(request: Request) -> Response:
    """List the tokens, and offer to give one."""
    return await _page(request)


async def give_token(request: Request) -> Response:
    """Give a token; the answer shows it, and nothing shows it again."""
    form, words, operator = await form_of(request), words_of(request), operator_of(request)
    if (step := await needs_step_up(request, back=PAGE)) is not None:
        return step
    wish = _wish(form)
    # Nobody gives to a system what they may not see themselves.
    fits = within(wish, operator.districts)
    given = await give(doors_of(request).pool, wish, by=operator.name, now=clock.now()) if fits else Unfit.TOO_WIDE
    if isinstance(given, Unfit):
        return message(request, HTTPStatus.UNPROCESSABLE_ENTITY, words(f"tokens.{given}"), back=PAGE)
    await did(request, f"api:{wish.token_id}", Look.TOKEN_GIVEN)
    return await _page(request, given=given)


def _wish(form: FormData) -> Wish:
    days, per_minute = text_of(form, "days"), text_of(form, "per_minute")
    return Wish(
        token_id=text_of(form, "token_id").strip(),
        name=text_of(form, "name"),
        scopes=[each for each in form.getlist("scope") if isinstance(each, str)],
        districts=[each for each in form.getlist("district") if isinstance(each, str)],
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0,
        per_minute=int(per_minute) if per_minute.isascii() and per_minute.isdigit() and len(per_minute) < 6 else 0,
    )


async def take_token(request: Request) -> Response:
    """Take a token back."""
    await form_of(request)
    token_id, by = request.path_params["token_id"], operator_of(request).name
    if not await take(doors_of(request).pool, token_id, by=by, now=clock.now()):
        raise HTTPException(HTTPStatus.NOT_FOUND, "tokens.none")
    await did(request, f"api:{token_id}", Look.TOKEN_TAKEN)
    return RedirectResponse(PAGE, status_code=HTTPStatus.SEE_OTHER)


async def _page(request: Request, *, given: str = "") -> Response:
    store, words = TokenStore(doors_of(request).pool), words_of(request)
    korean = words.language is Language.KO
    return html(
        request,
        "tokens.j2",
        tokens=lines_of(await store.all(), words, clock.now()),
        given=given,
        scopes=[(scope.value, SCOPE_WORDS[scope][0 if korean else 1]) for scope in Scope],
        districts=[one for one in await store.districts() if operator_of(request).sees(one)],
        days=USUAL_DAYS,
        per_minute=USUAL_PER_MINUTE,
    )


ROUTES: Final = [
    Route(PAGE, tokens_page, methods=["GET"]),
    Route(PAGE, give_token, methods=["POST"]),
    Route(f"{PAGE}/{{token_id}}/take", take_token, methods=["POST"]),
]
