"""H8, L1: an auditor reads every page with names masked, without a number, a code or an illness; the feed too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.events import Note, Resolve
from alerts.outcomes import OutcomeCode, ResolvedBy
from console.board.feeding.web import framed
from console.matrix import PATHS
from console.people import masked, veiled
from console.roles import GRANTS, Role, acts_of, reads_masked
from console.rows import Viewer, row_of, shown_to
from console.sessions import Operator
from console.told import Changed
from contracts import Hazard, Severity
from runtime.settings import Kafka, Postgres
from tests.console.building import KIM, KO, NOON, RENDERER, a_finding, an_entry
from tests.console.entry.people import as_one, with_account
from tests.console.homes.living import a_lived_in_home
from tests.console.running import NAME, Centre, centre, events, with_street
from tests.until import until

HOME = "h-0003"
#: The home's resident, address, telephone, way in and illness, and who is called.
SECRETS = ("이순자", "010-0000", "2580", "은하빌라", "오세라", "이정민", "인슐린", "고혈압", "보청기")


def test_nobody_who_acts_for_residents_reads_masked() -> None:
    assert {role for role in Role if reads_masked(acts_of([role]))} == {Role.AUDITOR, Role.ADMIN}
    assert not reads_masked(acts_of([Role.AUDITOR, Role.ENGINEER]))


def test_a_veiled_home_holds_nothing_that_a_page_could_show() -> None:
    home = a_lived_in_home(HOME)
    veil = veiled(home)
    assert veil.resident.name == masked(home.resident.name) == "이○자"
    person = veil.resident
    assert not any((person.phone, person.hazards, person.health, person.hearing, person.animals))
    assert not veil.entry and not veil.address and veil.district == home.district
    assert not any(one.phone or one.contacts or "○" not in one.name for one in veil.responders)
    assert veiled(veil) == veil, "twice is once"


def test_a_row_is_masked_for_whom_it_must_be() -> None:
    entry, auditor = an_entry(), Viewer(name="감사", words=KO, masked=True)
    assert shown_to(entry, KIM) is entry
    row = row_of(entry, auditor, NOON)
    assert (row.name, row.place) == ("이○자", "매화동") and "이○자" in row.say and "이순자" not in repr(row)
    assert row_of(entry, KIM, NOON).name == "이순자"


def test_one_change_is_written_anew_for_whom_it_is_masked() -> None:
    told, anybody = Changed(mark=None, entry=an_entry()), Operator(name="감사", session="s")
    auditor, colleague = (Viewer(name=name, words=KO, masked=name == "감사") for name in ("감사", "박도윤"))
    for viewer, name, other in ((auditor, "이○자", "이순자"), (colleague, "이순자", "이○자")):
        text = framed(told, viewer, anybody, RENDERER).decode()
        assert name in text and other not in text


@pytest.fixture
async def house(tmp_path: Path, postgres: Postgres, kafka: Kafka) -> AsyncIterator[Centre]:
    await with_street(postgres, [a_lived_in_home(HOME)])
    async with centre(tmp_path, postgres, kafka) as running:
        await with_account(running.pool, "감사", Role.AUDITOR)
        yield running


@pytest.mark.door
async def test_h8_an_auditor_reads_no_name_on_any_page(house: Centre) -> None:
    first = await house.found(a_finding(HOME))
    await house.apply(Note(alert_id=first.alert_id, operator=NAME, text="이순자 님 따님 이정민과 통화"))
    ended = await house.found(a_finding(HOME, kind="fall", hazard=Hazard.FALL))
    await house.apply(
        Resolve(
            alert_id=ended.alert_id,
            operator=NAME,
            version=ended.version,
            outcome=OutcomeCode.FALL_INJURED,
            resolved_by=ResolvedBy.OPERATOR,
        )
    )
    await house.found(a_finding(HOME, kind="not_protected", hazard=Hazard.PROTECTION, severity=Severity.URGENT))
    async with as_one(house, "감사") as client:
        seen: set[str] = set()
        for (method, path), act in PATHS.items():
            if method != "GET" or act not in GRANTS[Role.AUDITOR] or path == "/console/feed":
                continue
            asked = path.replace("{home_id}", HOME).replace("{alert_id}", first.alert_id)
            if "{" in asked:
                continue
            page = (await client.get(asked)).text
            assert not [secret for secret in SECRETS if secret in page], asked
            seen |= {path} if "이○자" in page else set()
        assert seen >= {"/", "/alerts/{alert_id}", "/console/snapshot", "/homes", "/homes/{home_id}", "/follow-ups"}
        pane = (await client.get(f"/alerts/{first.alert_id}", headers={"X-Fragment": "1"})).text
        assert "이○자" in pane and not [secret for secret in SECRETS if secret in pane]


@pytest.mark.door
async def test_h8_the_feed_masks_the_same_change_for_one_and_not_for_the_other(house: Centre) -> None:
    async with as_one(house, "감사") as auditor, as_one(house, NAME) as operator:
        mark, first = "", await house.found(a_finding(HOME))

        async def heard_already() -> bool:
            nonlocal mark
            mark = f"{(await operator.get('/console/snapshot')).json()['mark']}"
            # Before the first change there is no place to go on from.
            return mark != "e0.0" and "-" not in mark

        await until(heard_already, within=30, what="the feed is read")
        await house.apply(Note(alert_id=first.alert_id, operator=NAME, text="이순자 님과 통화"))
        for client, name, other in ((auditor, "이○자", "이순자"), (operator, "이순자", "이○자")):
            told = await events(client, mark, lambda heard: any(kind == "alert" for kind, _, _ in heard))
            (row,) = [f"{body}" for kind, _, body in told if kind == "alert"]
            assert name in row and other not in row
