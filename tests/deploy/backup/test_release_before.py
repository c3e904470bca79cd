"""A rolling upgrade and its way back: two releases on one database, and each reads what the other wrote."""

import os
from pathlib import Path

import msgspec
import pytest

from contracts import encode
from contracts.codec import decode
from detectors.checkpoints import decode_chunk, encode_chunk
from runtime.settings import Kafka, Postgres
from tests.alerts.faults.flow import cries, homes_of, tell_all
from tests.alerts.faults.tally import tally
from tests.alerts.receiver import receiving
from tests.alerts.running import environ_of, running, with_home
from tests.contracts.test_golden_samples import KINDS, keeps, sample_files
from tests.deploy.backup.before import said, unpacked
from tests.deploy.backup.databases import rows
from tests.until import until

LONG = bool(os.environ.get("DOLBOM_RUN_LONG"))
#: Presses in each of the three parts of the way back.
SHARE = 60
CHUNKS = sorted((Path(__file__).parents[2] / "detectors" / "samples").glob("*.msgpack"))

pytestmark = [pytest.mark.door, pytest.mark.timeout(600 if LONG else 240)]

#: Run by the other release: its codec reads what ours wrote, and writes it again.
_READ_AND_WRITE = """
import sys, msgspec
import contracts
from contracts import decode, encode
kinds = {"reading": "Reading", "batch": "ReadingBatch", "finding": "Finding", "alert": "AlertChange",
         "refusal": "Refusal", "home": "WatchedHome", "messages": "HeardMessages"}
answer = {}
for name, sent in msgspec.json.decode(open(sys.argv[1]).read()).items():
    kind = getattr(contracts, kinds[name.split("-")[0]])
    try:
        answer[name] = msgspec.json.decode(encode(decode(msgspec.json.encode(sent), kind)))
    except Exception as error:
        answer[name] = f"{type(error).__name__}: {error}"
print(msgspec.json.encode(answer).decode())
"""
#: And its checkpoints.
_CHUNK = """
import sys
from pathlib import Path
from detectors.checkpoints import VERSION, decode_chunk, encode_chunk
chunk = decode_chunk(Path(sys.argv[1]).read_bytes())
print(VERSION, "unread" if chunk is None else "read")
if chunk is not None:
    Path(sys.argv[2]).write_bytes(encode_chunk(chunk))
"""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("before"))


def test_the_release_before_understands_what_this_one_says_and_is_understood(before: Path, tmp_path: Path) -> None:
    ours = {
        file.stem: msgspec.json.decode(encode(decode(file.read_bytes(), KINDS[file.stem.split("-")[0]])))
        for file in sample_files()
    }
    tomorrow = {name: sent | {"a_field_of_tomorrow": 1} for name, sent in ours.items()}
    (tmp_path / "ours.json").write_bytes(msgspec.json.encode(tomorrow))
    theirs = msgspec.json.decode(said(before, _READ_AND_WRITE, f"{tmp_path / 'ours.json'}"), type=dict[str, object])
    unread = {name: answer for name, answer in theirs.items() if isinstance(answer, str)}
    assert not unread, "who reads must be upgraded before who writes: say so in docs/how-to/upgrade.md"
    for file in sample_files():
        again = msgspec.json.decode(encode(decode(msgspec.json.encode(theirs[file.stem]), KINDS[_kind(file)])))
        assert keeps(again, theirs[file.stem]), f"{file.stem}: we lose what the release before says"


def _kind(file: Path) -> str:
    return file.stem.split("-")[0]


@pytest.mark.parametrize("sample", CHUNKS, ids=lambda sample: sample.stem)
def test_checkpoints_are_read_in_both_directions(before: Path, sample: Path, tmp_path: Path) -> None:
    """What a home has taught in sixty days must outlive an upgrade, and its way back."""
    known = decode_chunk(sample.read_bytes())
    assert known is not None
    (tmp_path / "ours").write_bytes(encode_chunk(known))
    answer = said(before, _CHUNK, f"{tmp_path / 'ours'}", f"{tmp_path / 'theirs'}")
    assert answer.split()[1] == "read", f"a rollback of detectors would forget (checkpoint version {answer.split()[0]})"
    assert encode_chunk(decode_chunk((tmp_path / "theirs").read_bytes()) or known) == encode_chunk(known)


async def test_two_releases_share_one_database_and_lose_and_double_nothing(
    before: Path, postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    told = cries(8)
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(len(told), receiver.url))
        environ = environ_of(postgres, kafka)
        async with running(tmp_path, environ, "old", before), running(tmp_path, environ, "new"):
            await tell_all(kafka, told)
            await tally(postgres, receiver, told, what="two releases side by side", within=120)
    assert "database_is_newer" in (tmp_path / "old.log").read_text()


@pytest.mark.skipif(not LONG, reason="two minutes: DOLBOM_RUN_LONG=1")
async def test_the_way_back_and_forward_again_loses_and_doubles_nothing(
    before: Path, postgres: Postgres, kafka: Kafka, tmp_path: Path
) -> None:
    """Side by side, then the old one alone as after a rollback, then ours again."""
    told = cries(3 * SHARE)
    async with receiving() as receiver:
        await with_home(postgres, *homes_of(len(told), receiver.url))
        environ = environ_of(postgres, kafka)
        async with running(tmp_path, environ, "old", before):
            async with running(tmp_path, environ, "new"):
                await tell_all(kafka, told[:SHARE])
                await until(lambda: len(rows(postgres, _OPENED)) == SHARE, within=60, what="both have heard")
            await tell_all(kafka, told[SHARE : 2 * SHARE])
            await until(lambda: len(rows(postgres, _OPENED)) == 2 * SHARE, within=60, what="the old one has heard")
        async with running(tmp_path, environ, "new-again"):
            await tell_all(kafka, told[2 * SHARE :])
            await tally(postgres, receiver, told, what="the way back, and forward again", within=180)


_OPENED = "select 1 from alert"
