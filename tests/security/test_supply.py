"""An audit that could not ask is never clean."""

from deploy.supply.files import LOCKS, ROOT
from deploy.supply.verdict import CLEAN, NOT_ASKED, WEAK, verdict_of

GOOD = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited: c (1)"}


def test_a_library_that_nobody_could_ask_about_is_not_clean() -> None:
    assert verdict_of({"dependencies": [GOOD]}).status == CLEAN
    assert verdict_of({"dependencies": [GOOD, SKIPPED]}).status == NOT_ASKED
    assert verdict_of({"dependencies": [SKIPPED]}).status == NOT_ASKED
    assert verdict_of({"dependencies": []}).status == NOT_ASKED


def test_a_weakness_is_told_with_its_mend_before_any_gap() -> None:
    found = verdict_of({"dependencies": [GOOD, BAD, SKIPPED]})
    assert found.status == WEAK and found.weak == ("b 1: PYSEC-1, mended by 2",)


def test_every_lock_is_listed_and_audited() -> None:
    assert {str(file.relative_to(ROOT)) for file in ROOT.glob("*requirements.lock")} <= set(LOCKS.values())
    assert all((ROOT / lock).exists() for lock in LOCKS.values())
