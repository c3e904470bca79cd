"""An erasure goes where people wrote of a resident, and nobody else can do what it does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from alerts.events import Found
from alerts.model import Alert
from alerts.postgres import AlertStore
from alerts.shifts.postgres import ShiftStore
from console.accounts.rows import Deed
from console.chain import Circumstances
from console.privacy.postgres import PrivacyStore
from console.privacy.retention import Kept
from homes.model import Street
from homes.postgres import HomeStore
from runtime import clock
from runtime.postgres import Pool, pooled
from runtime.settings import Postgres
from tests.console.building import STREET, a_finding, a_home

pytestmark = [pytest.mark.door]

NAME, ADDRESS = "최말순", "죽림길 77-3"
#: Where somebody wrote of them, each with what is written: `{a}` is the alert, `{o}` one of another home.
_WRITTEN = (
    "insert into referral (referral_id, home_id, district_id, service, provider, state, version, due_on, asked_at,"
    " asked_by) values ('r1', 'h-0001', 'd', 'care', 'p', 'requested', 1, current_date, now(), 'a')",
    "insert into referral_log (referral_id, version, at, by, act, state, text)"
    " values ('r1', 1, now() - interval '800 days', 'a', 'ask', 'requested', '최말순 님 식사')",
    "insert into late_answer (alert_id, at, by, reason, text)"
    " values ('{a}', now() - interval '800 days', 'a', 'other', '최말순 님 부재')",
    "insert into quality_review (alert_id, month, at, by, look, points, remark)"
    " values ('{a}', '2026-01-01', now() - interval '800 days', 'a', 'first', '{{}}', '최말순 님께 다시')",
    "insert into device_job (home_id, kinds, due_on, made_by, done_at, result)"
    " values ('h-0001', '{{}}', current_date, 'a', now() - interval '800 days', '최말순 님 댁 전지')",
    "insert into link_telephone (alert_id, responder_id, telephone) values ('{a}', 'daughter', '\\x00')",
    "insert into link_press (alert_id, responder_id, key) values ('{a}', 'daughter', 'k')",
    "insert into enrolment_claim (claim_id, home_id, selector, digest, made_by, expires_at) overriding system value"
    " values (900, 'h-0001', 's', '\\x00', 'a', now())",
    "insert into enrolment_credential (home_id, claim_id, kind, request, issued_at, expires_at)"
    " values ('h-0001', 900, 'certificate', '\\x00', now(), now() + interval '1 year')",
    "insert into shift_handover (handover_id, outgoing, since, prepared_at, sentences, note, draft, incoming,"
    ' signed_at, pdf) values (\'s1\', \'a\', now(), now(), \'{{"{a}": "기다림", "{o}": "최말순 님 옆집"}}\','
    " '최말순 님 확인',"
    ' \'{{"items": [{{"alert_id": "{a}", "p": "1", "severity": "emergency", "name": "최말순 죽림동 죽림길 77-3",'
    ' "what": "w", "state": "s", "owner": "a", "needs": true, "moves": true}}], "parts": [{{"key": "holds", "lines":'
    " [\"최말순 · 병원\", \"정옥희 · 외출\"]}}], \"flood_minutes\": 0}}', 'b', now() - interval '800 days', '\\x25')",
)
_TEXTS = """
    select text from referral_log union all select text from late_answer union all select remark from quality_review
    union all select result from device_job
"""


async def test_what_people_wrote_of_a_resident_goes_with_their_record(postgres: Postgres) -> None:
    async with pooled(postgres) as pool:
        alert, other = await written(pool)
        counts = await PrivacyStore(pool).erase("h-0001", deed())
        once = ("referral_notes", "late_reasons", "remarks", "visits", "telephones", "presses", "handovers")
        assert {name: counts[name] for name in (*once, "credentials")} == dict.fromkeys((*once, "credentials"), 1)
        assert {row[0] for row in await rows(pool, _TEXTS)} == {""}
        assert await rows(pool, "select count(*) from link_press union all select count(*) from link_telephone") == [
            (0,),
            (0,),
        ]
        assert await rows(pool, "select reason from enrolment_credential where revoked_at is not null") == [
            ("revoked",)
        ]
        assert await rows(pool, "select what, account from enrolment_event") == [("enrolment_revoked", "김지현")]
        paper = await ShiftStore(pool).load("s1")
        assert paper is not None and paper.incoming == "b" and paper.signed_at is not None
        assert paper.sentences == {alert.alert_id: "", other.alert_id: "— 님 옆집"} and paper.note == "— 님 확인"
        assert paper.draft.items[0].name == "— 죽림동 —" and paper.draft.parts[0].lines == ("— · 병원", "정옥희 · 외출")
        assert await rows(pool, "select pdf from shift_handover") == [(None,)], "it is printed anew"


async def test_what_is_too_old_goes_by_itself(postgres: Postgres) -> None:
    async with pooled(postgres) as pool:
        await written(pool)
        await rows(pool, _REPORT)
        store, now = PrivacyStore(pool), clock.now()
        counted = await store.over(now + timedelta(days=60))
        assert (counted[Kept.ALERT_TEXTS], counted[Kept.SHIFT_PAPERS]) == (4, 1)
        assert (counted[Kept.LINKS], counted[Kept.REPORTS]) == (2, 1)
        assert await store.apply(Deed(by="tests", at=now + timedelta(days=60))) == counted
        assert await rows(pool, "select count(*) from report_part") == [(0,)]
        assert await rows(pool, "select handover_id from shift_handover") == []


async def test_nobody_else_changes_what_only_grows(postgres: Postgres) -> None:
    async with pooled(postgres) as pool:
        await written(pool)
        for statement in (
            "update referral_log set text = ''",
            "delete from late_answer",
            "update late_answer set text = ''",
            "truncate quality_review",
            "update quality_review set remark = ''",
            "update shift_handover set note = ''",
            "delete from shift_handover",
            # Nor does an erasure change anything but what people wrote.
            "set dolbom.erasure = 'on'; update late_answer set by = 'b', text = ''",
            "set dolbom.erasure = 'on'; update quality_review set remark = 'x'",
            "set dolbom.erasure = 'on'; update referral_log set by = 'b', text = ''",
            "set dolbom.erasure = 'on'; update shift_handover set incoming = 'c'",
        ):
            with pytest.raises(psycopg.Error, match="refused"):
                await rows(pool, statement)


_REPORT = """
    with made as (
        insert into report_order (month, audience, language, districts, ordered_by, ordered_at, finished_at)
        values ('2020-01-01', 'inside', 'ko', '{}', 'a', '2020-02-01', '2020-02-01') returning report_id
    ) insert into report_part (report_id, district_id, pdf, csv) select report_id, '', '', '' from made
"""


async def written(pool: Pool) -> tuple[Alert, Alert]:
    home = replace(a_home("h-0001", NAME, 1947), address=ADDRESS)
    await HomeStore(pool).save(Street(homes=(home, *STREET[1:])))
    store = AlertStore(pool)
    alert = (await store.apply(Found(finding=a_finding("h-0001")))).alert
    other = (await store.apply(Found(finding=a_finding("h-0003")))).alert
    assert alert is not None and other is not None
    for statement in _WRITTEN:
        await rows(pool, statement.format(a=alert.alert_id, o=other.alert_id))
    return alert, other


def deed() -> Deed:
    return Deed(by="김지현", at=clock.now(), said=Circumstances(reason="해지"))


async def rows(pool: Pool, statement: str) -> Sequence[tuple[object, ...]]:
    async with pool.connection() as connection:
        cursor = await connection.execute(statement.encode())
        return await cursor.fetchall() if cursor.description else []
