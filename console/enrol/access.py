"""The exchange's keeper: how often one may guess, what is handed out, and what is never kept."""

import asyncio
import secrets
from datetime import datetime
from typing import Final

import structlog

from console import metrics
from contracts import HomeId
from homes.enrolment import codes, passwords
from homes.enrolment.authority import BadRequest, read_request
from homes.enrolment.bundle import Broker, Bundle, Confirmation, Exchange, topics_of
from homes.enrolment.guesses import Guesses
from homes.enrolment.model import Credential, Kind, Refused
from homes.enrolment.postgres import EnrolmentStore
from homes.enrolment.proofs import is_proved
from runtime import clock
from runtime.settings import Enrolment

log = structlog.get_logger()

#: A keeper signs within a fraction of a second; a gateway's own patience is longer than this.
_SIGNED_WITHIN_SECONDS: Final = 10.0
_LOOK_EVERY_SECONDS: Final = 0.05
#: So many may wait for their signature at once; the others come again.
_MOST_WAITING: Final = 32


class Exchanges:
    """What comes in at the public door. One for a process: it remembers who guesses."""

    def __init__(self, store: EnrolmentStore, settings: Enrolment) -> None:
        self._store = store
        self._settings = settings
        self._guesses = Guesses()
        self._waiting = 0

    async def exchange(self, asked: Exchange, source: str, now: datetime) -> Bundle | Refused | BadRequest:
        """Give a credential for a code."""
        result = await self._exchange(asked, source, now)
        reason = result if isinstance(result, Refused) else None
        reason = Refused.BAD_REQUEST if isinstance(result, BadRequest) else reason
        metrics.exchanges.labels(result=reason or "done").inc()
        if reason is not None:
            log.warning("exchange_refused", reason=reason, source=source)
        return result

    async def _exchange(self, asked: Exchange, source: str, now: datetime) -> Bundle | Refused | BadRequest:
        if self._guesses.wait(source, now) is not None:
            return Refused.TOO_MANY_GUESSES
        authority = await self._store.authority()
        if authority is None or self._waiting >= _MOST_WAITING:
            return Refused.KEEPER_AWAY
        try:
            request = self._request_of(asked)
        except BadRequest as error:
            return error
        code = codes.read_code(asked.code)
        if code is None:
            self._guesses.note(source, now)
            return Refused.NO_SUCH_CODE
        password = passwords.password_of(secrets.token_bytes(passwords.PASSWORD_BYTES)) if asked.password else ""
        hashed = passwords.hash_of(password, salt=secrets.token_bytes(passwords.SALT_BYTES)) if password else None
        done = await self._store.exchange(code, request=request, password_hash=hashed, source=source, now=now)
        if isinstance(done, Refused):
            if done is Refused.NO_SUCH_CODE:
                self._guesses.note(source, now)
            return done
        credential = await self._signed(done.credential_id)
        if isinstance(credential, Refused):
            return credential
        return self._bundle(credential, authority, password, now)

    def _request_of(self, asked: Exchange) -> bytes | None:
        if not asked.password:
            return read_request(asked.csr)
        if asked.csr:
            raise BadRequest("a password or a certificate, not both")
        if not self._settings.allow_passwords:
            raise BadRequest("passwords are not handed out here; send a certificate signing request")
        return None

    async def _signed(self, credential_id: int) -> Credential | Refused:
        """Wait until the keeper has signed; the code is spent by then, but the same request may come again."""
        self._waiting += 1
        try:
            async with asyncio.timeout(_SIGNED_WITHIN_SECONDS):
                while True:
                    credential = await self._store.credential(credential_id)
                    if credential is None or credential.revoked_at is not None:
                        return Refused.CODE_USED
                    if credential.issued_at is not None:
                        return credential
                    await asyncio.sleep(_LOOK_EVERY_SECONDS)
        except TimeoutError:
            return Refused.KEEPER_AWAY
        finally:
            self._waiting -= 1

    def _bundle(self, credential: Credential, authority: str, password: str, now: datetime) -> Bundle:
        by_password = credential.kind is Kind.PASSWORD
        port = self._settings.password_port if by_password else self._settings.broker_port
        return Bundle(
            credential=credential.credential_id,
            home_id=credential.home_id,
            client_id=credential.home_id,
            username=credential.home_id,
            broker=Broker(host=self._settings.broker_host, port=port),
            topics=topics_of(HomeId(credential.home_id)),
            authority=authority,
            certificate=credential.certificate or "",
            serial=credential.serial or "",
            expires_at=credential.expires_at,
            password=password,
            # Milliseconds: whether the gateway before counted boots, seconds or milliseconds, it is behind this.
            session_above=int(now.timestamp() * 1000),
        )

    async def confirm(self, confirmation: Confirmation, source: str, now: datetime) -> bool:
        """Hear that a credential works; what it replaces ends with that. False: no proof of its holder."""
        if self._guesses.wait(source, now) is not None:
            return False
        credential = await self._store.credential(confirmation.credential)
        if credential is None or not credential.lives(clock.now()) or not is_proved(credential, confirmation.proof):
            self._guesses.note(source, now)
            log.warning("confirmation_refused", source=source)
            return False
        await self._store.confirm(credential.credential_id, now)
        return True
