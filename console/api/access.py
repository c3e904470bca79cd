"""The keeper of the API: who sends a token, what it is good for, and how often it may come."""

import asyncio
from datetime import datetime
from typing import Final

import structlog

from console.api import limits, metrics, secret
from console.api.limits import Bucket
from console.api.postgres import TokenStore
from console.api.problems import Kind, Refused
from console.api.scopes import Scope, Token
from console.api.secret import Shown
from runtime.postgres import Pool

log = structlog.get_logger()

#: Tokens that were not seen to be good before, of one address in a minute: each costs a look into the database.
_STRANGERS_PER_MINUTE: Final = 60
#: While more come, all tokens that were given are read at once, this seldom.
_LEARN_EVERY_SECONDS: Final = 5.0
_EXPORTS_AT_ONCE: Final = 2
#: Beyond so many buckets those that are full again are forgotten.
_MOST_BUCKETS: Final = 10_000


class Keeper:
    """Lets tokens in. One for a process: it remembers how often each came."""

    def __init__(self, pool: Pool) -> None:
        self._store = TokenStore(pool)
        self._buckets: dict[str, Bucket] = {}
        #: Exports at once: each keeps a processor busy, and the board has the same one.
        self.exports = asyncio.Semaphore(_EXPORTS_AT_ONCE)
        #: Digests of tokens that were good a while ago, by id: they do not wait behind what others make up.
        self._good: dict[str, bytes] = {}
        self._learnt_at = float("-inf")
        # A token that does not exist costs as much time as one that does.
        self._nobody = secret.digest("")

    async def admit(self, header: str, scope: Scope, *, source: str, now: datetime, ticks: float) -> Token:
        """Tell whose token it is; raise Refused."""
        shown = secret.read(header)
        token = await self._introduced(shown, source, now, ticks) if shown else None
        if token is None:
            metrics.refused.labels(reason=Kind.NO_TOKEN).inc()
            raise Refused(Kind.NO_TOKEN)
        self._count(token.token_id, token.per_minute, ticks)
        if scope not in token.scopes:
            metrics.refused.labels(reason=Kind.NOT_IN_SCOPE).inc()
            raise Refused(Kind.NOT_IN_SCOPE, detail=scope.value)
        await self._store.used(token.token_id, now)
        return token

    async def _introduced(self, shown: Shown, source: str, now: datetime, ticks: float) -> Token | None:
        """Look a token up; one that is not known to be good is counted before the database is asked."""
        stranger, counted = f"from {source}", False
        if not self._is_known(shown):
            counted = await self._count_stranger(shown, stranger, now, ticks)
        token = await self._known(shown, now)
        if token is None and not counted:
            self._good.pop(shown.token_id, None)
        elif token and counted and (taken := self._buckets.get(stranger)):
            self._good[shown.token_id] = secret.digest(shown.secret)
            self._buckets[stranger] = limits.give_back(taken, per_minute=_STRANGERS_PER_MINUTE)
        return token

    async def _count_stranger(self, shown: Shown, stranger: str, now: datetime, ticks: float) -> bool:
        """Count a token, unless it turns out to be one that was given: a whole city may come from one address."""
        try:
            self._count(stranger, _STRANGERS_PER_MINUTE, ticks)
        except Refused:
            if ticks - self._learnt_at >= _LEARN_EVERY_SECONDS:
                self._learnt_at = ticks
                self._good = await self._store.digests(now)
            if not self._is_known(shown):
                raise
            return False
        return True

    def _is_known(self, shown: Shown) -> bool:
        return secret.is_same(shown.secret, self._good.get(shown.token_id, self._nobody))

    async def _known(self, shown: Shown, now: datetime) -> Token | None:
        kept = await self._store.find(shown.token_id)
        right = secret.is_same(shown.secret, kept.digest if kept else self._nobody)
        return kept.token if kept and right and kept.token.lives(now) else None

    def _count(self, who: str, per_minute: int, ticks: float) -> None:
        if len(self._buckets) > _MOST_BUCKETS:
            # A bucket is full again after a minute.
            self._buckets = {name: one for name, one in self._buckets.items() if ticks - one.at < 60}
        self._buckets[who], wait = limits.take(self._buckets.get(who), per_minute=per_minute, now=ticks)
        if wait:
            metrics.refused.labels(reason=Kind.TOO_MANY).inc()
            raise Refused(Kind.TOO_MANY, retry_after=wait)
