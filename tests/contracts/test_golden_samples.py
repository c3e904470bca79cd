"""The samples are what older releases sent. They are never edited, only added to."""

from pathlib import Path

import msgspec
import pytest

from contracts import (
    AlertChange,
    Finding,
    HeardMessages,
    Reading,
    ReadingBatch,
    Refusal,
    Value,
    WatchedHome,
    decode,
    encode,
    kind_of,
)

SAMPLES = Path(__file__).parent / "samples"
KINDS: dict[str, type[msgspec.Struct]] = {
    "reading": Reading,
    "batch": ReadingBatch,
    "finding": Finding,
    "alert": AlertChange,
    "refusal": Refusal,
    "home": WatchedHome,
    "messages": HeardMessages,
}


def sample_files() -> list[Path]:
    return sorted(SAMPLES.glob("*.json"))


@pytest.mark.parametrize("file", sample_files(), ids=lambda file: file.stem)
def test_what_an_older_release_sent_is_still_understood(file: Path) -> None:
    kind = KINDS[file.stem.split("-")[0]]
    sent = file.read_bytes()
    assert keeps(msgspec.json.decode(encode(decode(sent, kind))), msgspec.json.decode(sent))


def keeps(now: object, sent: object) -> bool:
    """Tell whether everything that was sent is there unchanged; a message may have grown since."""
    match now, sent:
        case dict(), dict():
            return all(name in now and keeps(now[name], sent[name]) for name in sent)
        case list(), list():
            return len(now) == len(sent) and all(keeps(mine, theirs) for mine, theirs in zip(now, sent, strict=True))
        case _:
            return now == sent


@pytest.mark.parametrize("changed", [{"a": [{"b": 2}]}, {"a": [{}]}, {"a": []}, {"a": [{"b": 1}, {"b": 1}]}, {}])
def test_what_is_lost_or_changed_of_a_message_is_seen(changed: object) -> None:
    assert keeps({"a": [{"b": 1, "new": 0}], "new": 0}, {"a": [{"b": 1}]})
    assert not keeps(changed, {"a": [{"b": 1}]})


@pytest.mark.parametrize("file", sample_files(), ids=lambda file: file.stem)
def test_a_field_that_we_do_not_know_yet_is_let_pass(file: Path) -> None:
    kind = KINDS[file.stem.split("-")[0]]
    sent = msgspec.json.decode(file.read_bytes())
    newer = msgspec.json.encode(sent | {"a_field_of_tomorrow": {"x": 1}})
    assert decode(newer, kind) == decode(file.read_bytes(), kind)


def test_every_kind_of_value_has_a_sample() -> None:
    sampled = {
        kind_of(decode(file.read_bytes(), Reading).value) for file in sample_files() if file.stem.startswith("reading-")
    }
    kinds = {str(kind.__struct_config__.tag) for kind in Value.__args__}
    assert sampled == kinds


def test_every_message_has_a_sample() -> None:
    assert {file.stem.split("-")[0] for file in sample_files()} == KINDS.keys()
