"""The list of revoked certificates on the disk: of this authority, of this day, and never of the future."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from homes.enrolment.authority import Authority, make_authority
from homes.enrolment.broker_files import Standing
from homes.enrolment.keeping.files import Beside, BrokerFiles, OldList, old_list

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def an_authority() -> Authority:
    return make_authority(ec.generate_private_key(ec.SECP256R1()), serial=1, now=NOW)


OURS = an_authority()


def revoking(*serials: int) -> Standing:
    return Standing(revoked=frozenset((f"{serial:x}", NOW) for serial in serials))


@pytest.fixture
def kept(tmp_path: Path) -> BrokerFiles:
    rules = tmp_path / "rules"
    rules.write_text("")
    return BrokerFiles(Beside(folder=tmp_path, shipped_rules=rules, pid_file=None))


def on_disk(folder: Path) -> OldList:
    read = old_list(folder, OURS)
    assert read is not None
    return read


def test_a_list_of_another_authority_is_written_anew(tmp_path: Path, kept: BrokerFiles) -> None:
    kept.write(an_authority(), Standing(), NOW)
    assert not on_disk(tmp_path).ours
    kept.write(OURS, Standing(), NOW)
    assert on_disk(tmp_path).ours


def test_a_list_that_a_wrong_clock_dated_is_written_anew(tmp_path: Path, kept: BrokerFiles) -> None:
    kept.write(OURS, Standing(), NOW + timedelta(days=400))
    kept.write(OURS, Standing(), NOW)
    assert on_disk(tmp_path).this_update <= NOW


def test_many_revocations_at_once_make_no_list_of_the_future(tmp_path: Path, kept: BrokerFiles) -> None:
    for serial in range(1, 400):
        kept.write(OURS, revoking(*range(1, serial + 1)), NOW)
        assert on_disk(tmp_path).this_update <= NOW
    assert kept.behind and not kept.broker_knows
    kept.write(OURS, revoking(*range(1, 400)), NOW + timedelta(seconds=1))
    assert not kept.behind and len(on_disk(tmp_path).serials) == 399
