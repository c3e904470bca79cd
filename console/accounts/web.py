"""The administrator's page: accounts, their roles and districts, and lost second factors."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from console.accounts.postgres import AccountStore
from console.accounts.rows import Deed, Refused
from console.chain import Circumstances
from console.entry.access import needs_step_up
from console.entry.passwords import weakness_of
from console.roles import Role
from console.web import doors_of, form_of, html, operator_of, place_of, text_of, words_of
from runtime import clock

PAGE = "/admin"


async def page(request: Request) -> Response:
    """List the accounts."""
    return await _page(request)


async def add(request: Request) -> Response:
    """Make an account with a first password, which its owner changes on their own page."""
    form = await form_of(request)
    name, password = text_of(form, "name").strip(), text_of(form, "password")
    weakness = weakness_of(password, name)
    if weakness is not None:
        return await _page(request, problem=f"weak.{weakness}")
    hashed = await doors_of(request).access.hashed(password)
    roles, districts = _many(form, "role"), _many(form, "district")
    return await _change(request, lambda store, deed: store.add(name, hashed, roles, districts, deed))


async def set_roles(request: Request) -> Response:
    """Give an account other roles and districts."""
    form = await form_of(request)
    name, roles, districts = text_of(form, "name"), _many(form, "role"), _many(form, "district")
    return await _change(request, lambda store, deed: store.set_roles(name, roles, districts, deed))


async def reset(request: Request) -> Response:
    """Forget a lost second factor."""
    name = text_of(await form_of(request), "name")
    return await _change(request, lambda store, deed: store.reset_factor(name, deed))


async def end(request: Request) -> Response:
    """End an account."""
    name = text_of(await form_of(request), "name")
    return await _change(request, lambda store, deed: store.end(name, deed))


async def _change(request: Request, work: Callable[[AccountStore, Deed], Awaitable[Refused | None]]) -> Response:
    if (step := await needs_step_up(request, back=PAGE)) is not None:
        return step
    said = Circumstances(place=place_of(request), task="accounts")
    deed = Deed(by=operator_of(request).name, at=clock.now(), said=said)
    refused = await work(AccountStore(doors_of(request).pool), deed)
    if refused is not None:
        return await _page(request, problem=f"accounts.{refused}")
    return RedirectResponse(PAGE, status_code=HTTPStatus.SEE_OTHER)


async def _page(request: Request, *, problem: str = "") -> Response:
    store, words = AccountStore(doors_of(request).pool), words_of(request)
    return html(
        request,
        "admin.j2",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=words(problem) if problem else "",
        accounts=await store.all(),
        districts=await store.districts(),
        roles=[(role.value, words(f"role.{role}")) for role in Role],
    )


def _many(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str) and value]


ROUTES = [
    Route("/admin", page, methods=["GET"]),
    Route("/admin/add", add, methods=["POST"]),
    Route("/admin/roles", set_roles, methods=["POST"]),
    Route("/admin/reset", reset, methods=["POST"]),
    Route("/admin/end", end, methods=["POST"]),
]
