"""`python -m console accounts`: who may sign in; for the first account, and for when nobody can."""

import secrets
from collections.abc import Callable, Coroutine
from typing import Annotated

import typer
from argon2 import PasswordHasher
from rich.markup import escape
from rich.table import Table

from console.accounts.postgres import AccountStore
from console.accounts.rows import Deed, Refused
from console.entry.passwords import SHORTEST_PASSWORD, Weakness, weakness_of
from console.roles import Role
from homes.command.service import FAULTY, account, give_up, out, with_pool
from runtime import clock

accounts = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)

_GENERATED_BYTES = 15
_MENDS = {
    Refused.NO_SUCH_ACCOUNT: "그런 계정이 없습니다 (no such account); `accounts list` shows them",
    Refused.NAME_TAKEN: "이미 있는 이름입니다 (the name is taken, perhaps by an account that has ended)",
    Refused.NAME_UNUSABLE: "이름은 1–64자입니다 (a name has 1 to 64 characters)",
    Refused.LAST_ADMIN: "마지막 관리 계정입니다 (the last administrator stays); give somebody else the role first",
    Refused.UNKNOWN_ROLE: f"모르는 역할입니다 (unknown role); known: {', '.join(Role)}",
    Refused.UNKNOWN_DISTRICT: "모르는 구역입니다 (unknown district); `python -m homes list` shows them",
    Refused.NO_ROLE: f"역할이 없습니다 (no role); give one of: {', '.join(Role)}",
}
_WEAK = {
    Weakness.TOO_SHORT: f"비밀번호는 {SHORTEST_PASSWORD}자 이상 (at least {SHORTEST_PASSWORD} characters)",
    Weakness.COMMON: "흔한 비밀번호입니다 (the password is too common)",
    Weakness.HOLDS_NAME: "비밀번호에 이름이 들어 있습니다 (the password holds the account's name)",
}

Name = Annotated[str, typer.Argument(help="The account's name.")]
Roles = Annotated[list[Role], typer.Option("--role", help="What they are; may be given several times.")]
Districts = Annotated[list[str] | None, typer.Option("--district", help="Id of a district; none: every district.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it once, instead of asking.")]


@accounts.command()
def add(name: Name, role: Roles, district: Districts = None, generate: Generate = False) -> None:
    """Make an account."""
    hashed = _password(name, generate=generate)
    _change(lambda store, deed: store.add(name, hashed, role, district or [], deed))
    out.print(f"{escape(name)}: 추가함 (added), {', '.join(role)}")


@accounts.command("list")
def list_accounts() -> None:
    """List the accounts, with their roles and districts."""
    table = Table("이름 (name)", "역할 (roles)", "구역 (districts)", "2차 인증 (second factor)", "종료 (ended)")
    for one in with_pool(lambda pool: AccountStore(pool).all()):
        ended = f"{one.ended_at.astimezone():%Y-%m-%d}" if one.ended_at else "-"
        areas = " ".join(one.districts) or "전체 (all)"
        enrolled = "예 (yes)" if one.enrolled else "아니오 (no)"
        table.add_row(escape(one.name), " ".join(one.roles), escape(areas), enrolled, ended)
    out.print(table)


@accounts.command()
def roles(name: Name, role: Roles, district: Districts = None) -> None:
    """Give an account these roles and districts, and no others."""
    _change(lambda store, deed: store.set_roles(name, role, district or [], deed))
    out.print(f"{escape(name)}: {', '.join(role)}")


@accounts.command()
def reset(
    name: Name,
    password: Annotated[bool, typer.Option("--password", help="Set another password, too.")] = False,
    generate: Generate = False,
) -> None:
    """Forget a lost second factor; the next sign-in enrols another one. All sessions of the account end."""
    hashed = _password(name, generate=generate) if password or generate else ""
    _change(lambda store, deed: store.reset_factor(name, deed))
    if hashed:
        _change(lambda store, deed: store.set_password(name, hashed, deed))
    out.print(f"{escape(name)}: 2차 인증을 지움 (second factor forgotten)")


@accounts.command()
def end(name: Name) -> None:
    """Let nobody sign in with an account any more."""
    _change(lambda store, deed: store.end(name, deed))
    out.print(f"{escape(name)}: 종료함 (ended)")


def _password(name: str, *, generate: bool) -> str:
    # Never an argument: other users of the machine could read it, and the shell would keep it.
    password = secrets.token_urlsafe(_GENERATED_BYTES) if generate else typer.prompt("Password", hide_input=True)
    weakness = weakness_of(password, name)
    if weakness is not None:
        give_up(_WEAK[weakness], FAULTY)
    if generate:
        out.print(f"비밀번호 (password, shown once): [bold]{escape(password)}[/]", soft_wrap=True, highlight=False)
    elif typer.prompt("Again", hide_input=True) != password:
        give_up("두 비밀번호가 다릅니다 (the two are not the same)", FAULTY)
    return PasswordHasher().hash(password)


def _change(work: Callable[[AccountStore, Deed], Coroutine[None, None, Refused | None]]) -> None:
    deed = Deed(by=account(), at=clock.now())

    refused = with_pool(lambda pool: work(AccountStore(pool), deed))
    if refused is not None:
        give_up(_MENDS[refused], FAULTY)
