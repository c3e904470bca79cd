"""Old backups go by a rule, and the newest good one never does."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as some

from deploy import release
from deploy.backup import manifest, shelf
from deploy.backup.manifest import Manifest, Tried

NEW_YEAR = datetime(2027, 1, 1, 2, 30, tzinfo=UTC)
EMPTY = Manifest(made_at=NEW_YEAR, release="0", commit="", schema=1, storage="plain", postgres=15, contents=(), rows={})


def nights(count: int) -> list[str]:
    return [shelf.name_of(NEW_YEAR + timedelta(days=day)) for day in range(count)]


def put(folder: Path, name: str, *, good: bool = False) -> None:
    (folder / name).mkdir(parents=True)
    manifest.write(folder / name, EMPTY)
    if good:
        shelf.note_tried(folder / name, Tried(at=NEW_YEAR, seconds=1.0))


def test_a_fortnight_of_nights_and_four_weeks_are_kept() -> None:
    names = nights(60)
    kept = [name for name in names if name not in shelf.over(names, newest=14, weeks=4)]
    assert names[-14:] == kept[-14:]
    assert kept[0] == "20270214T023000Z" and len(kept) == 14 + 1


@given(some.lists(some.integers(0, 400), min_size=1, unique=True), some.integers(0, 20), some.integers(0, 9))
@settings(max_examples=60)
def test_the_newest_never_goes_and_what_is_thinned_out_stays_so(days: list[int], newest: int, weeks: int) -> None:
    names = [shelf.name_of(NEW_YEAR + timedelta(days=day)) for day in days]
    gone = shelf.over(names, newest=newest, weeks=weeks)
    assert max(names) not in gone
    left = [name for name in names if name not in gone]
    assert shelf.over(left, newest=newest, weeks=weeks) == []


def test_the_last_that_was_tried_is_kept_however_old(tmp_path: Path) -> None:
    for number, name in enumerate(nights(5)):
        put(tmp_path, name, good=number in (0, 1))
    assert shelf.thin_out(tmp_path, newest=2, weeks=0) == [nights(5)[0], nights(5)[2]]
    assert [backup.name for backup in shelf.backups(tmp_path)] == [nights(5)[1], *nights(5)[3:]]


def test_what_a_person_put_beside_them_is_neither_the_newest_nor_thinned_out(tmp_path: Path) -> None:
    for name in (*nights(3), "before-the-upgrade", f"{nights(1)[0]}-copy"):
        put(tmp_path, name)
    assert shelf.chosen(tmp_path).name == nights(3)[-1]
    assert shelf.thin_out(tmp_path, newest=2, weeks=0) == nights(1)
    assert shelf.chosen(tmp_path / "before-the-upgrade").name == "before-the-upgrade"


def test_a_backup_that_was_not_finished_is_none_and_is_cleared_away(tmp_path: Path) -> None:
    draft = shelf.draft_of(tmp_path, NEW_YEAR)
    manifest.write(draft, EMPTY)
    assert shelf.backups(tmp_path) == []
    another = shelf.draft_of(tmp_path, NEW_YEAR + timedelta(hours=1))
    assert not draft.exists()
    assert shelf.backups(tmp_path) == [] and shelf.finished(another).parent == tmp_path


def test_a_manifest_of_a_later_release_can_be_read(tmp_path: Path) -> None:
    more = msgspec.json.decode(msgspec.json.encode(EMPTY)) | {"moon": "full"}
    (tmp_path / manifest.NAME).write_bytes(msgspec.json.encode(more))
    assert manifest.read(tmp_path) == EMPTY


def test_the_release_is_the_one_of_the_project() -> None:
    project = tomllib.loads((release.ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == release.VERSION
