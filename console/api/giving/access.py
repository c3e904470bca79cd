"""Who gives a token and takes it back: the secret is drawn here, shown once, and never kept."""

import secrets
from datetime import datetime

import structlog

from console.api import secret
from console.api.giving.forms import Unfit, Wish, token_of
from console.api.postgres import TokenStore
from runtime.postgres import Pool

log = structlog.get_logger()


async def give(pool: Pool, wish: Wish, *, by: str, now: datetime) -> str | Unfit:
    """Give a token; the answer is the only time that it is whole."""
    store = TokenStore(pool)
    token = token_of(wish, known=await store.districts(), by=by, now=now)
    if isinstance(token, Unfit):
        return token
    written = secret.write(token.token_id, secrets.token_bytes(secret.SECRET_BYTES))
    shown = secret.read(f"Bearer {written}")
    if shown is None or not await store.give(token, secret.digest(shown.secret)):
        return Unfit.GIVEN_BEFORE
    log.info("token_given", token_id=token.token_id, scopes=sorted(token.scopes), by=by)
    return written


async def take(pool: Pool, token_id: str, *, by: str, now: datetime) -> bool:
    """Take a token back; from the next request on it opens nothing."""
    taken = await TokenStore(pool).take(token_id, by=by, now=now)
    if taken:
        log.info("token_taken", token_id=token_id, by=by)
    return taken
