"""The door's keeper: passwords, sessions, and the log of who looked at whose record."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from starlette.exceptions import HTTPException

from console import metrics
from console.chain import UNSAID, Circumstances, Look
from console.entry.passwords import SHORTEST_PASSWORD, weakness_of
from console.postgres import ConsoleStore
from console.roles import Role
from console.sessions import SESSION_LASTS, Operator, seal, stored, unseal, wait_until
from runtime import clock
from runtime.settings import Console, SecondFactor

log = structlog.get_logger()

#: The pane is drawn again with every change of its alert: that is the same look.
LOOK_LASTS = timedelta(minutes=5)


class Elsewhere(HTTPException):
    """A home of another district; whoever may open it all the same is offered to."""

    def __init__(self, home_id: str) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, "answer.not_your_district")
        self.home_id = home_id


class SignIn(StrEnum):
    """How a sign-in ended; the word is also the metric's label."""

    DONE = "done"
    WRONG = "wrong"
    WAIT = "wait"


class Access:
    """Sign-in and sessions of the console."""

    def __init__(self, store: ConsoleStore, settings: Console) -> None:
        self._store = store
        self._settings = settings
        self._hasher = PasswordHasher()
        # A hash costs a processor and 64 MB: guessers queue, the board's own work does not.
        self._hashing = asyncio.Semaphore(1)
        self._looks: dict[tuple[str, str, Look, Circumstances], datetime] = {}
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    async def seed(self) -> None:
        """Make the first operator when there is no account at all."""
        name, password = self._settings.operator_name, self._settings.operator_password.reveal()
        if name and weakness_of(password, name) is None:
            made = await self._store.add_first_account(name, await asyncio.to_thread(self._hasher.hash, password))
            if made:
                log.info("first_operator_made")
        if not await self._store.has_accounts():
            log.error("nobody_can_sign_in", shortest_password=SHORTEST_PASSWORD)

    async def sign_in(self, name: str, password: str) -> tuple[SignIn, str]:
        """Check a password; with DONE comes the cookie of the new session."""
        # One after the other, from the look at the failures to the count: guesses side by side would all pass.
        async with self._hashing:
            how = await self._try(name, password)
        if how is not SignIn.DONE:
            return self._ended(how)
        # With a second factor to come, a known password must not give its guesser five more codes.
        if not self.asks_for_codes:
            await self._store.forget_failures(name)
        session = secrets.token_urlsafe(32)
        await self._store.open_session(stored(session), name, clock.now() + SESSION_LASTS)
        return self._ended(how, seal(self._settings.session_secret.reveal(), session))

    @property
    def asks_for_codes(self) -> bool:
        """Tell whether a password alone opens nothing."""
        return self._settings.second_factor is SecondFactor.REQUIRED

    async def hashed(self, secret: str) -> str:
        """Hash a password or a PIN for keeping."""
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, secret)

    async def again(self, name: str, password: str) -> SignIn:
        """Check the password of somebody who is signed in, with the same count and the same wait."""
        async with self._hashing:
            how = await self._try(name, password)
        if how is SignIn.DONE:
            await self._store.forget_failures(name)
        return how

    async def guess(self, name: str, is_right: Callable[[], Awaitable[bool]]) -> SignIn:
        """Check a code as a password is checked: one guess after the other, counted, and with a growing wait."""
        async with self._hashing:
            account = await self._store.account(name)
            waiting = wait_until(account.failures, account.last_failure_at) if account else None
            if account is None or (waiting and clock.now() < waiting):
                return SignIn.WAIT
            if not await is_right():
                await self._store.count_failure(name)
                return SignIn.WRONG
            await self._store.forget_failures(name)
            return SignIn.DONE

    async def is_pin(self, pin_hash: str, pin: str) -> bool:
        """Tell whether a PIN is the one that was hashed."""
        async with self._hashing:
            return await asyncio.to_thread(self._is_right, pin_hash, pin)

    async def _try(self, name: str, password: str) -> SignIn:
        account = await self._store.account(name)
        waiting = wait_until(account.failures, account.last_failure_at) if account else None
        if waiting and clock.now() < waiting:
            return SignIn.WAIT
        # An unknown name costs as much time as a wrong password, so that names cannot be tried out.
        known = account.password_hash if account else self._nobody
        right = await asyncio.to_thread(self._is_right, known, password)
        if account is None:
            return SignIn.WRONG
        if not right:
            await self._store.count_failure(name)
            return SignIn.WRONG
        return SignIn.DONE

    async def operator(self, cookie: str) -> Operator | None:
        """Tell who sends this cookie; None when nobody that we know."""
        session = unseal(self._settings.session_secret.reveal(), cookie)
        owner = await self._store.session_owner(stored(session)) if session else None
        if session is None or owner is None:
            return None
        # A role that a newer version gave is not ours to guess.
        roles = frozenset(Role(role) for role in owner.roles if role in set(Role))
        return Operator(
            name=owner.name,
            session=session,
            roles=roles,
            districts=frozenset(owner.districts),
            enrolled=owner.enrolled,
            proved=owner.proved or not self.asks_for_codes,
            locked=owner.locked,
            stepped_up_at=owner.stepped_up_at,
        )

    async def sign_out(self, operator: Operator) -> None:
        """End a session; its cookie is worth nothing from now on, wherever it is."""
        await self._store.close_session(stored(operator.session))

    async def looked(
        self, account: str, subject: str, what: Look, *, at: datetime, said: Circumstances = UNSAID
    ) -> None:
        """Write down that somebody is about to see a person's record; a look lasts five minutes."""
        key = (account, subject, what, said)
        if key in self._looks and at - self._looks[key] < LOOK_LASTS:
            return
        # Remembered only once it is written: after a failed insert the next look must be written down.
        await self.wrote(account, subject, what, at=at, said=said)
        self._looks = {known: since for known, since in self._looks.items() if at - since < LOOK_LASTS} | {key: at}

    async def wrote(
        self, account: str, subject: str, what: Look, *, at: datetime, said: Circumstances = UNSAID
    ) -> None:
        """Write an act down, however lately the same was done."""
        await self._store.log_look(at=at, account=account, subject=subject, what=what, said=said)
        metrics.looks.labels(what=what).inc()

    def _is_right(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _ended(self, how: SignIn, cookie: str = "") -> tuple[SignIn, str]:
        metrics.sign_ins.labels(result=how).inc()
        if how is not SignIn.DONE:
            log.warning("sign_in_refused", reason=how)
        return how, cookie
