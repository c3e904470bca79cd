"""O: a street import keeps a roster that was edited on the page since, and says so; `--force` writes over it."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from contracts import ResponderId
from homes.__main__ import app
from homes.model import Responder, ResponderKind, Roster, Street
from homes.planning.postgres import PlanStore
from homes.postgres import HomeStore
from homes.street import dump
from runtime.postgres import migrate, pooled
from runtime.settings import Postgres
from tests.homes.test_rosters import WEEKLY

pytestmark = pytest.mark.door

SEO = Responder(responder_id=ResponderId("guard-seo"), name="서동희", kind=ResponderKind.GUARD, phone="010-0000-0001")
DAYS, NIGHTS = (
    Roster(roster_id=key, name=key, rotations=(replace(WEEKLY, responders=(SEO.responder_id,)),))
    for key in ("days", "nights")
)


def street(*rosters: Roster) -> Street:
    return Street(responders=(SEO,), rosters=rosters)


async def names(store: PlanStore) -> dict[str, str]:
    return {one.roster_id: one.name for one in await store.rosters()}


async def test_o_an_import_keeps_what_was_edited_on_the_page_unless_it_is_forced(postgres: Postgres) -> None:
    await migrate(postgres)
    async with pooled(postgres) as pool:
        homes, plans = HomeStore(pool), PlanStore(pool)
        assert not (await homes.save(street(DAYS, NIGHTS))).kept_rosters
        assert await plans.change("days", lambda one: one and replace(one, name="주간"))
        other = street(replace(DAYS, name="file"), replace(NIGHTS, name="file"))
        assert (await homes.save(other)).kept_rosters == ("days",)
        assert await names(plans) == {"days": "주간", "nights": "file"}
        assert not (await homes.save(other, force=True)).kept_rosters
        assert await names(plans) == {"days": "file", "nights": "file"}
        assert not (await homes.save(street(DAYS))).kept_rosters, "what was written over is the file's again"


async def test_o_a_file_that_has_caught_up_with_the_page_is_imported_as_ever(postgres: Postgres) -> None:
    await migrate(postgres)
    async with pooled(postgres) as pool:
        homes, plans = HomeStore(pool), PlanStore(pool)
        assert await plans.change("days", lambda _: DAYS), "begun on the page"
        assert (await homes.save(street(replace(DAYS, name="file")))).kept_rosters == ("days",)
        caught_up = await homes.export()
        assert not (await homes.save(replace(caught_up, responders=(SEO,)))).kept_rosters
        assert not (await homes.save(street(replace(DAYS, name="file")))).kept_rosters
        assert await names(plans) == {"days": "file"}


def test_o_the_command_says_what_it_kept(postgres: Postgres, tmp_path: Path) -> None:
    environ = {"DOLBOM_POSTGRES_DSN": postgres.dsn.reveal(), "COLUMNS": "200"}
    file = tmp_path / "street.yaml"

    def imported(*words: str) -> str:
        result = CliRunner().invoke(app, ["import", *words, str(file)], env=environ)
        assert result.exit_code == 0, result.output
        return result.stdout

    file.write_text(dump(street(DAYS)))
    assert "kept" not in imported()
    with psycopg.connect(postgres.dsn.reveal()) as connection:
        connection.execute("update roster set name = '주간', edited_at = now()")
    said = imported()
    assert "화면에서 고친 당직표를 그대로 둠 (rosters edited on the page, kept): days" in said and "--force" in said
    assert "kept" not in imported("--force") and "kept" not in imported()
