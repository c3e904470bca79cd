"""Tokens as the page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.api.scopes import Token
from console.words import Words


@dataclass(frozen=True, kw_only=True)
class TokenLine:
    """One token in the list."""

    token_id: str
    name: str
    scopes: tuple[str, ...]
    districts: str
    ends: str
    used: str
    state: str
    lives: bool


def lines_of(tokens: Iterable[Token], words: Words, now: datetime) -> list[TokenLine]:
    """Make the lines."""
    return [
        TokenLine(
            token_id=one.token_id,
            name=one.name,
            scopes=tuple(sorted(one.scopes)),
            districts=" · ".join(sorted(one.districts)) or words("tokens.all_districts"),
            ends=f"{one.expires_at:%Y-%m-%d}",
            used=f"{one.last_used_at:%Y-%m-%d %H:%M}Z" if one.last_used_at else words("tokens.never"),
            state=words(_state(one, now)),
            lives=one.lives(now),
        )
        for one in tokens
    ]


def _state(token: Token, now: datetime) -> str:
    if token.taken_at is not None:
        return "tokens.taken"
    return "tokens.good" if token.lives(now) else "tokens.over"
