"""H8: reasons in the access log, names on a roster and a walk test's engineer are masked for whoever reads masked."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from console.audit.pages import reason_of
from console.chain import Circumstances, Look
from console.engineer.walk.pages import masked_copy, view_of
from console.postgres import ConsoleStore
from console.rendering import Page
from console.roles import Role
from console.sessions import Operator
from console.words import Language, Theme
from contracts import HomeId, ResponderId
from contracts.values import Motion
from homes.model import Responder, ResponderKind, Roster, Rotation, Street
from homes.postgres import HomeStore
from homes.walk_test import begun, ended, is_genuine
from homes.walk_test.postgres import WalkTestStore
from runtime import clock
from runtime.settings import Kafka, Postgres
from tests.console.building import EN, KO, NOON, RENDERER
from tests.console.engineer.test_a_walk_test_is_told import PLACE
from tests.console.entry.people import as_one, step_up, with_account
from tests.console.running import Centre, centre, with_street
from tests.homes.test_walk_test import proof_of

HOME = HomeId("h-0003")
WHY = "이순자 님 따님 요청"
FRAME = Page(language=Language.KO, theme=Theme.DAY, path="/")
SEO = Responder(responder_id=ResponderId("guard-seo"), name="서동희", kind=ResponderKind.GUARD)


def test_a_reason_is_read_by_who_wrote_it_and_by_who_does_not_read_masked() -> None:
    auditor, senior = (
        Operator(name=name, session="s", roles=frozenset({role}))
        for name, role in (("감사", Role.AUDITOR), ("선임", Role.SENIOR))
    )
    assert reason_of(WHY, "관제", KO, senior) == reason_of(WHY, "감사", KO, auditor) == WHY
    assert reason_of(WHY, "관제", KO, auditor) == f"가림 ({len(WHY)}자)" and "masked" in reason_of(
        WHY, "x", EN, auditor
    )
    assert reason_of("", "관제", KO, auditor) == "", "none is none"


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres)
    async with centre(tmp_path, postgres, kafka, DOLBOM_CONSOLE_SECOND_FACTOR="off") as running:
        roster = Roster(
            roster_id="guards",
            name="순찰",
            rotations=(Rotation(responders=(SEO.responder_id,), from_day=date(2026, 1, 5)),),
        )
        await HomeStore(running.pool).save(Street(responders=(SEO,), rosters=(roster,)))
        await with_account(running.pool, "감사", Role.AUDITOR)
        await with_account(running.pool, "선임", Role.SENIOR)
        yield running


@pytest.mark.door
async def test_h8_an_auditor_sees_that_there_is_a_reason_and_not_what_it_says(house: Centre) -> None:
    now = clock.now()
    await ConsoleStore(house.pool).log_look(
        at=now, account="관제", subject=HOME, what=Look.PHONE_REVEALED, said=Circumstances(reason=WHY)
    )
    async with house.pool.connection() as connection:
        await connection.execute(
            "insert into broken_glass (account, home_id, reason, opened_at, until_at) values ('관제', %s, %s, %s, %s)",
            (HOME, WHY, now, now + timedelta(hours=1)),
        )
    async with as_one(house, "감사") as auditor, as_one(house, "선임") as senior:
        page = (await auditor.get("/audit")).text
        assert "이순자" not in page and page.count(f"가림 ({len(WHY)}자)") == 2
        assert (await senior.get("/audit")).text.count(WHY) == 2
        await step_up(auditor)
        export = (await auditor.get("/audit.csv")).text
        assert "phone_revealed" not in export and "이순자" not in export and f"가림 ({len(WHY)}자)" in export


@pytest.mark.door
async def test_h8_an_auditor_reads_a_roster_without_a_whole_name(house: Centre) -> None:
    async with as_one(house, "감사") as auditor, as_one(house, "선임") as senior:
        for path in ("/sup/roster", "/sup/roster/guards.ics"):
            masked, whole = (await auditor.get(path)).text, (await senior.get(path)).text
            assert "서○희" in masked and "서동희" not in masked, path
            assert "서동희" in whole and "서○희" not in whole, path


@pytest.mark.door
async def test_h8_an_auditor_reads_a_walk_test_without_the_engineers_name(house: Centre) -> None:
    store, test = WalkTestStore(house.pool), begun(HOME, "김보람", clock.now())
    await store.start(test)
    done = ended(test, [proof_of("motion", Motion(active=True))], clock.now())
    assert await store.finish(done)
    async with as_one(house, "감사") as auditor, as_one(house, "선임") as senior:
        path = f"/engineer/walks/{test.test_id}"
        masked, whole = (await auditor.get(path)).text, (await senior.get(path)).text
    assert "김○람" in masked and "김보람" not in masked and "열람용 사본" in masked
    assert "김보람" in whole and "열람용 사본" not in whole


def test_a_certificate_for_a_masked_reader_says_that_it_is_a_copy_and_keeps_its_code() -> None:
    done = ended(begun(HOME, "김보람", NOON), [proof_of("motion", Motion(active=True))], NOON + timedelta(minutes=4))
    assert is_genuine(done)
    view = view_of(done, done.sensors, PLACE, KO, NOON)
    copy = masked_copy(view)
    assert (copy.engineer, copy.code, copy.genuine) == ("김○람", view.code, True)
    printed = RENDERER.page("certificate.j2", FRAME, view=copy)
    assert "김보람" not in printed and "열람용 사본" in printed
    assert "열람용 사본" not in RENDERER.page("certificate.j2", FRAME, view=view)
