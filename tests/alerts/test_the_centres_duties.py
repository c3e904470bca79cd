"""What the centre must mend: a roster's gap of the next 24 hours (O1), a shift that nobody signed for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import httpx
import pytest

from alerts.audit.duties.service import Duties
from alerts.audit.faults import Fault, Limits
from alerts.audit.service import Auditor, Pulse
from alerts.service import channels_of
from alerts.shifts.hours import ZONE
from alerts.shifts.model import Draft, Handover
from alerts.shifts.postgres import ShiftStore
from homes.model import Hours, Policy, PolicyStep, Roster, Rotation, Street
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Alerts, Postgres, Secret
from tests.alerts.building import DAUGHTER, a_home
from tests.alerts.receiver import Receiver, receiving
from tests.alerts.running import SECRET, with_home
from tests.alerts.test_audit_in_postgres import TURNING
from tests.until import until

pytestmark = pytest.mark.door


@asynccontextmanager
async def auditing(pool: Pool, receiver: Receiver) -> AsyncIterator[Auditor]:
    settings = Alerts(
        engineers=Secret(f"{receiver.url}/engineers"),
        supervisors=Secret(f"{receiver.url}/supervisors"),
        dead_man_url=Secret(f"{receiver.url}/ping"),
        dead_man_seconds=0,
        webhook_secret=Secret(SECRET),
    )
    async with httpx.AsyncClient(trust_env=False) as client:
        channels = channels_of(settings, client)
        yield Auditor(pool=pool, worker="here/1", settings=settings, channels=channels, client=client, limits=Limits())


def a_street(hours: Hours) -> Street:
    """A roster that is kept in some hours, and a policy that calls it at all."""
    turns = Rotation(responders=(DAUGHTER.responder_id,), from_day=date(2026, 1, 5), hours=(hours,))
    roster = Roster(roster_id="guards", name="순찰", rotations=(turns,))
    policy = Policy(policy_id="night", name="night", steps=(PolicyStep(after_seconds=60, rosters=("guards",)),))
    return Street(policies=(policy,), responders=(DAUGHTER,), rosters=(roster,))


async def test_o1_a_gap_pages_the_supervisor_24_hours_ahead_and_the_switch_outside_stays_calm(
    postgres: Postgres,
) -> None:
    await with_home(postgres, a_home())
    gappy = a_street(_hours_without(clock.now() + timedelta(hours=20)))
    async with pooled(postgres) as pool, receiving() as receiver, auditing(pool, receiver) as auditor:
        await HomeStore(pool).save(gappy)
        found = await auditor.turn(TURNING, Pulse())
        assert [(one.fault, one.about) for one in found] == [(Fault.ROSTER_GAP, "guards")]
        await until(lambda: receiver.has(2), within=30, what="the supervisor and the switch hear")
        assert sorted(receiver.paths()) == ["/ping", "/supervisors"], "engineers sleep, the switch outside is pinged"
        await HomeStore(pool).save(a_street(Hours()))
        auditor.look_at_homes_again()
        assert not await auditor.turn(TURNING, Pulse())
        await until(lambda: receiver.paths().count("/supervisors") == 2, within=30, what="it is told as mended")


def _hours_without(at: datetime) -> Hours:
    """Hours of every day but for two around a moment."""
    minute = at.astimezone(ZONE).hour * 60
    return Hours(from_minute=(minute + 120) % 1440, until_minute=minute or 1440)


async def test_a_shift_without_a_signature_is_a_fault_of_the_centre_until_somebody_signs(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool:
        now = clock.now()
        ended = (now - timedelta(minutes=20)).astimezone(ZONE)
        duties = Duties(pool, Alerts(shifts=f"{ended:%H:%M}"))
        seen = await duties.seen(now)
        assert seen.shift_ended_at is not None
        assert timedelta(minutes=15) < now - seen.shift_ended_at < timedelta(minutes=22)
        store = ShiftStore(pool)
        await store.prepare(
            Handover(handover_id="1", outgoing="kim", since=now, prepared_at=now, sentences={}, note="", draft=Draft())
        )
        assert (await duties.seen(now)).shift_ended_at is not None
        await store.sign("1", "park", [])
        duties.look_again()
        assert (await duties.seen(now)).shift_ended_at is None
        assert (await Duties(pool, Alerts()).seen(now)).shift_ended_at is None, "no shifts are kept"
