"""`python -m console tokens`: give tokens to other systems, list them, take them back."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from console.api.giving.access import give as give_token
from console.api.giving.access import take as take_token
from console.api.giving.forms import USUAL_DAYS, USUAL_PER_MINUTE, Unfit, Wish
from console.api.postgres import TokenStore
from console.api.scopes import SCOPE_WORDS, Scope, Token
from homes.command.service import FAULTY, account, give_up, with_pool
from runtime import clock

tokens = typer.Typer(add_completion=False, no_args_is_help=True, help="Tokens of other systems.")
out = Console()

_MENDS = {
    Unfit.BAD_ID: "id: 소문자·숫자·- 2–32자 (small letters, digits, dashes, 2 to 32)",
    Unfit.NO_NAME: "--name: 1–80자 (1 to 80 letters)",
    Unfit.NO_SCOPE: "--scope: " + ", ".join(Scope),
    Unfit.NO_SUCH_DISTRICT: "--district: 없는 지역 (there is no such district)",
    Unfit.TOO_WIDE: "--district: 자신의 지역만 (name districts of your own)",
    Unfit.BAD_DAYS: "--days: 1–730",
    Unfit.BAD_RATE: "--per-minute: 1–6000",
    Unfit.GIVEN_BEFORE: "id 가 이미 쓰였습니다; 다른 id 로 (this id was given before; take another)",
}


@tokens.command()
def give(
    token_id: Annotated[str, typer.Argument(help="Its name in every log: small letters, digits, dashes.")],
    name: Annotated[str, typer.Option(help="Which system it is for.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; more than once: " + ", ".join(Scope))],
    district: Annotated[list[str] | None, typer.Option(help="Id of a district it sees; none: all.")] = None,
    days: Annotated[int, typer.Option(help="It ends after so many days.")] = USUAL_DAYS,
    per_minute: Annotated[int, typer.Option(help="Requests a minute.")] = USUAL_PER_MINUTE,
) -> None:
    """Give a token; it is shown now, and never again."""
    wish = Wish(token_id=token_id, name=name, scopes=scope, districts=district or [], days=days, per_minute=per_minute)
    given = with_pool(lambda pool: give_token(pool, wish, by=account(), now=clock.now()))
    if isinstance(given, Unfit):
        give_up(_MENDS[given], FAULTY)
    sys.stdout.write(f"{given}\n")
    Console(stderr=True).print("다시 볼 수 없습니다. 지금 옮겨 두십시오 (shown once; keep it now)", style="yellow")


@tokens.command("list")
def list_tokens() -> None:
    """List all tokens; no secret is known any more."""
    now = clock.now()
    table = Table(
        "id", "이름 (name)", "범위 (scopes)", "지역 (districts)", "끝 (ends)", "마지막 (last used)", "상태 (state)"
    )
    for one in with_pool(lambda pool: TokenStore(pool).all()):
        table.add_row(
            one.token_id,
            escape(one.name),
            "\n".join(f"{scope} {SCOPE_WORDS[scope][0]}" for scope in sorted(one.scopes)),
            escape(", ".join(sorted(one.districts))) or "*",
            f"{one.expires_at:%Y-%m-%d}",
            f"{one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "-",
            _state(one, lives=one.lives(now)),
        )
    out.print(table)


@tokens.command()
def take(token_id: Annotated[str, typer.Argument(help="Which token.")]) -> None:
    """Take a token back; from the next request on it opens nothing."""
    if not with_pool(lambda pool: take_token(pool, token_id, by=account(), now=clock.now())):
        give_up(f"{token_id}: 회수할 토큰이 없습니다 (there is no such token to take back)", FAULTY)
    out.print(f"{token_id}: 회수됨 (taken back)", markup=False)


def _state(token: Token, *, lives: bool) -> str:
    if token.taken_at:
        return "회수됨 (taken)"
    return "유효 (good)" if lives else "만료 (over)"
