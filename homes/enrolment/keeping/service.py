"""The keeper: signs what waits, writes the broker's files from the database, and cuts whom the broker must not hear."""

import asyncio
from collections.abc import Sequence

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from contracts import HomeId
from homes import metrics
from homes.enrolment import authority as rules
from homes.enrolment.authority import Authority, BadRequest
from homes.enrolment.keeping import mqtt
from homes.enrolment.keeping.files import BrokerFiles
from homes.enrolment.keeping.postgres import KeeperStore
from runtime import clock
from runtime.settings import Mqtt

log = structlog.get_logger()


class Keeper:
    """One broker's keeper."""

    def __init__(self, store: KeeperStore, authority: Authority, beside: BrokerFiles, settings: Mqtt) -> None:
        self._store = store
        self._authority = authority
        self._beside = beside
        self._mqtt = settings

    async def sign(self) -> None:
        """Sign every request that waits."""
        for waiting in await self._store.waiting():
            now = clock.now()
            try:
                signed = rules.sign_gateway(
                    self._authority, waiting.request, waiting.home_id, serial=x509.random_serial_number(), now=now
                )
            except BadRequest as error:
                log.warning("request_refused", home_id=waiting.home_id, reason=str(error))
                await self._store.refuse(waiting.credential_id, now)
                continue
            await self._store.issue(
                waiting.credential_id,
                serial=f"{signed.serial_number:x}",
                certificate=signed.public_bytes(Encoding.PEM).decode(),
                now=now,
                until=signed.not_valid_after_utc,
            )
            metrics.signed.inc()
            log.info("certificate_signed", home_id=waiting.home_id, serial=f"{signed.serial_number:x}")

    async def turn(self) -> None:
        """Bring the broker's files and connections in line with the database."""
        await self.sign()
        now = clock.now()
        await self._store.end_outdated(now)
        # Read before the files are written: what is cut then is denied already, and cannot come back.
        uncut = await self._store.uncut()
        self._beside.write(self._authority, await self._store.standing(now), now)
        self._beside.tell_broker()
        if uncut and self._beside.broker_knows:
            await self._cut(sorted({each.home_id for each in uncut}))
            await self._store.cut([each.credential_id for each in uncut], clock.now())

    async def _cut(self, home_ids: Sequence[HomeId]) -> None:
        await asyncio.to_thread(mqtt.cut, self._mqtt, home_ids)
        metrics.cuts.inc(len(home_ids))
        log.info("connections_cut", homes=len(home_ids))
