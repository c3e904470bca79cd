"""One press that means several things is one transaction: what was done is written, and that they left with it."""

import pytest

from alerts.events import Answered, Found, Moved, Note
from alerts.model import VisitStage
from alerts.postgres import AlertStore
from alerts.reasons import Reason
from runtime.postgres import pooled
from runtime.settings import Postgres
from tests.alerts.building import DAUGHTER, a_finding, a_home
from tests.alerts.running import with_home

pytestmark = pytest.mark.door


async def test_an_outcome_and_the_way_out_are_written_together_or_not_at_all(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool:
        store, who = AlertStore(pool), DAUGHTER.responder_id
        opened = (await store.apply(Found(finding=a_finding()))).alert
        assert opened
        case = opened.alert_id
        note = Note(alert_id=case, operator=who, text="she is well")
        leaves = Moved(alert_id=case, responder_id=who, stage=VisitStage.LEFT)
        await store.apply(Answered(alert_id=case, responder_id=who, accepted=True))
        await store.apply(Moved(alert_id=case, responder_id=who, stage=VisitStage.ENTERED))
        done = await store.apply_in_turn([note, leaves])
        assert [each.reason for each in done] == [Reason.NOTED, Reason.MOVED]
        lines = (await store.timeline(case))[-2:]
        assert [line.change for line in lines] == ["noted", "left"]


async def test_what_follows_a_refusal_is_not_done(postgres: Postgres) -> None:
    await with_home(postgres, a_home())
    async with pooled(postgres) as pool:
        store, who = AlertStore(pool), DAUGHTER.responder_id
        opened = (await store.apply(Found(finding=a_finding()))).alert
        assert opened
        leaves = Moved(alert_id=opened.alert_id, responder_id=who, stage=VisitStage.LEFT)
        note = Note(alert_id=opened.alert_id, operator=who, text="she is well")
        assert [one.reason for one in await store.apply_in_turn([leaves, note])] == [Reason.NOT_ON_THE_WAY]
