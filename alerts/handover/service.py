"""The liaison: it brings what operators hand over to other centres, and tells the alert when one has it."""

import asyncio
import os
from datetime import timedelta
from typing import Final

import httpx
import msgspec
import structlog

from alerts import metrics
from alerts.events import HandOverConfirmed
from alerts.handover import frames
from alerts.handover.centres import BadCentre, Centre, Way, host_and_port, unlock, wait_after
from alerts.handover.frames import Answer, Heard, Speaker, Token
from alerts.handover.postgres import Asked, HandOvers
from alerts.handover.sockets import ask
from alerts.postgres import AlertStore
from alerts.signing import KEY_HEADER, sign
from contracts.codes import CODES
from runtime import clock
from runtime.lifecycle import Life
from runtime.settings import Alerts

log = structlog.get_logger()

#: The standard asks for an answer within seconds; a case cannot wait for a line that hangs.
ANSWERED_WITHIN_SECONDS: Final = 8.0
_NO_LINE: Final = (OSError, TimeoutError, httpx.HTTPError)


class Liaison:
    """Speaks to other centres."""

    def __init__(
        self, *, hand_overs: HandOvers, store: AlertStore, client: httpx.AsyncClient, settings: Alerts
    ) -> None:
        self._hand_overs = hand_overs
        self._store = store
        self._client = client
        self._settings = settings
        #: By which a centre's clock runs ahead of ours, as it said with a NAK.
        self._ahead: dict[str, timedelta] = {}

    async def turn(self) -> int:
        """Bring what is due; answer how many it was."""
        due = await self._hand_overs.claim()
        centres = {one.centre_id: one for one in await self._hand_overs.centres()} if due else {}
        await asyncio.gather(*(self._bring(one, centres.get(one.centre_id)) for one in due))
        return len(due)

    async def test(self, centre: Centre) -> Answer:
        """Ask whether a centre's line is there, without a case."""
        seq = await self._hand_overs.next_seq(centre.centre_id)
        return (await self._said(centre, Token.NULL, "", self._speaker(centre, ""), seq=seq)).answer

    async def _bring(self, asked: Asked, centre: Centre | None) -> None:
        if centre is None:
            await self._hand_overs.settle(asked, "refused", "no_such_centre")
            return
        try:
            answer = await (self._by_dc09 if centre.way is Way.DC09 else self._by_webhook)(asked, centre)
        except BadCentre as fault:
            log.error("centre_not_usable", centre=centre.centre_id, mend=str(fault))
            answer = Answer.DUH
        except _NO_LINE as error:
            log.warning("centre_not_reached", centre=centre.centre_id, error=type(error).__name__)
            answer = Answer.NONE
        metrics.hand_overs.labels(way=centre.way, answer=answer).inc()
        log.info("handed_over", alert_id=asked.alert_id, centre=centre.centre_id, attempt=asked.attempts, answer=answer)
        await self._settle(asked, answer)

    async def _settle(self, asked: Asked, answer: Answer) -> None:
        match answer:
            case Answer.ACK:
                # The alert first: a crash between the two says it again, and the alert has heard it before.
                await self._store.apply(HandOverConfirmed(alert_id=asked.alert_id, centre=asked.centre))
                await self._hand_overs.settle(asked, "confirmed", answer)
            case Answer.DUH:
                # It would say the same another time; the alert comes back when its time is up.
                await self._hand_overs.settle(asked, "refused", answer)
            case Answer.NAK | Answer.NONE:
                await self._hand_overs.later(asked, answer, wait_after(asked.attempts).total_seconds())

    async def _by_dc09(self, asked: Asked, centre: Centre) -> Answer:
        token = frames.token_for(asked.kind, centre.token)
        speaker = self._speaker(centre, asked.account)
        heard = await self._said(centre, token, frames.data_of(asked.kind, token), speaker, seq=asked.seq)
        if heard.answer is Answer.NAK and heard.said_at:
            # Under the same number and by its own clock: it must not doubt us twice.
            self._ahead[centre.centre_id] = heard.said_at - clock.now()
            heard = await self._said(centre, token, frames.data_of(asked.kind, token), speaker, seq=asked.seq)
        return heard.answer

    async def _said(self, centre: Centre, token: Token, data: str, speaker: Speaker, *, seq: int) -> Heard:
        at = clock.now() + self._ahead.get(centre.centre_id, timedelta(0))
        frame = frames.write(token, data, speaker, seq=seq, at=at, noise=os.urandom(frames.BLOCK))
        host, port = host_and_port(centre.address)
        return frames.read(await ask(host, port, frame, within=ANSWERED_WITHIN_SECONDS), speaker, seq=seq)

    def _speaker(self, centre: Centre, account: str) -> Speaker:
        key = None
        if centre.locked_key is not None:
            key = unlock(centre.locked_key, centre.centre_id, secret=self._settings.centre_secret.reveal())
        return Speaker(account=account or centre.account, receiver=centre.receiver, line=centre.line, key=key)

    async def _by_webhook(self, asked: Asked, centre: Centre) -> Answer:
        body = msgspec.json.encode(_sheet(asked, self._settings.public_url))
        headers = {"Content-Type": "application/json", KEY_HEADER: f"{asked.alert_id}-{asked.version}"}
        signed = headers | sign(self._settings.webhook_secret.reveal(), body, clock.now())
        async with asyncio.timeout(ANSWERED_WITHIN_SECONDS):
            answer = await self._client.post(centre.address, content=body, headers=signed)
        if answer.is_success:
            return Answer.ACK
        return (
            Answer.DUH if 400 <= answer.status_code < 500 and answer.status_code not in (408, 425, 429) else Answer.NONE
        )


def _sheet(asked: Asked, public_url: str) -> dict[str, object]:
    """Write what a centre is told: what, how bad, since when. Who and where is behind the link, for who may."""
    return {
        "alert_id": asked.alert_id,
        "home_ref": asked.account or asked.home_id,
        "hazard": asked.hazard,
        "kind": asked.kind,
        "severity": asked.severity,
        "since": asked.since,
        "opened_at": asked.opened_at,
        "codes": CODES.get(asked.kind),
        "link": f"{public_url.rstrip('/')}/alerts/{asked.alert_id}",
    }


async def liaising(life: Life, liaison: Liaison) -> None:
    """Bring hand-overs until the service stops."""
    while not life.stopping.is_set():
        done = await liaison.turn()
        life.turned("hand_over")
        if not done:
            await life.rest(1.0)
