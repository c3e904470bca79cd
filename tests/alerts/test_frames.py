"""What is said to another centre: our receiver of panels reads every frame, and nothing strange is an answer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.handover.centres import BadCentre, Centre, Way, checked, host_and_port, key_of, lock, unlock, wait_after
from alerts.handover.frames import Answer, Speaker, Token, data_of, read, token_for, write
from contracts.codes import CODES
from ingest.dc09.cipher import open_sealed
from ingest.dc09.events import account_in, contact_id, sia
from ingest.dc09.frame import Content, Frame, parse
from ingest.dc09.reception import Answer as Theirs
from ingest.dc09.reception import reply
from ingest.message import Malformed
from tests.alerts.building import NOON

KEY = b"0123456789abcdef"
NOISE = bytes(range(16))
CLEAR, SEALED = Speaker(account="1234"), Speaker(account="ABCD", receiver="1", line="2", key=KEY)
SECRET = "a secret of the tests and of nothing else"

speakers = st.sampled_from([CLEAR, SEALED])
kinds = st.sampled_from([*sorted(CODES), "unheard_of"])


def said(token: Token, data: str, speaker: Speaker, seq: int = 7, noise: bytes = NOISE) -> bytes:
    return write(token, data, speaker, seq=seq, at=NOON, noise=noise)


def heard_by_them(frame: bytes, speaker: Speaker) -> tuple[Frame, Content]:
    assert frame[:1] == b"\n" and frame[-1:] == b"\r"
    read_frame = parse(frame[1:-1])
    assert isinstance(read_frame, Frame)
    content = read_frame.content
    opened = open_sealed(content, speaker.key or b"") if isinstance(content, bytes) else content
    assert isinstance(opened, Content)
    return read_frame, opened


def answered(answer: Theirs, frame: bytes, speaker: Speaker) -> bytes:
    theirs, _ = heard_by_them(frame, speaker)
    made = reply(answer, theirs, speaker.key, now=NOON, noise=NOISE)
    assert made is not None
    return made


@given(
    speakers,
    kinds,
    st.sampled_from([Token.CONTACT_ID, Token.SIA]),
    st.integers(1, 9999),
    st.binary(min_size=16, max_size=16),
)
def test_a_receiver_reads_every_finding_in_clear_and_encrypted(
    speaker: Speaker, kind: str, token: Token, seq: int, noise: bytes
) -> None:
    frame, content = heard_by_them(said(token, data_of(kind, token), speaker, seq, noise), speaker)
    assert (frame.token, frame.seq, frame.account) == (token, seq, speaker.account)
    assert (frame.receiver, frame.line) == (speaker.receiver, speaker.line) and content.said_at == NOON
    account, told = account_in(content.data)
    assert account == speaker.account
    (event,) = contact_id(told) if token is Token.CONTACT_ID else sia(told)
    assert not isinstance(event, Malformed) and not event.over
    codes = CODES.get(kind)
    assert event.code == ((codes.contact_id if token is Token.CONTACT_ID else codes.sia) if codes else None) or (
        event.code in ("140", "UA")
    )


def test_where_one_language_has_no_word_the_other_is_used() -> None:
    assert token_for("carbon_monoxide", Token.SIA) is Token.CONTACT_ID
    assert token_for("help_button", Token.SIA) is Token.SIA
    assert token_for("unheard_of", Token.SIA) is Token.SIA
    assert data_of("help_button", Token.CONTACT_ID) == "1101 00 000" and data_of("smoke", Token.SIA) == "Nri0/FA000"


@pytest.mark.parametrize("speaker", [CLEAR, SEALED])
def test_the_receivers_answers_are_understood(speaker: Speaker) -> None:
    frame = said(Token.SIA, "Nri0/QA000", speaker)
    assert read(answered(Theirs.ACK, frame, speaker), speaker, seq=7).answer is Answer.ACK
    assert read(answered(Theirs.DUH, frame, speaker), speaker, seq=7).answer is Answer.DUH
    off = read(answered(Theirs.NAK, frame, speaker), speaker, seq=7)
    assert off.answer is Answer.NAK and off.said_at == NOON


def test_an_answer_to_something_else_or_not_sealed_by_our_key_is_none() -> None:
    frame = said(Token.SIA, "Nri0/QA000", SEALED)
    good = answered(Theirs.ACK, frame, SEALED)
    assert read(good, SEALED, seq=8).answer is Answer.NONE
    other = Speaker(account="ABCD", receiver="1", line="2", key=b"f" * 16)
    assert read(good, other, seq=7).answer is Answer.NONE
    clear = answered(Theirs.ACK, said(Token.NULL, "", Speaker(account="ABCD")), Speaker(account="ABCD"))
    assert read(clear, SEALED, seq=7).answer is Answer.NONE, "a stranger cannot say that they have it"
    assert read(good[:-3] + b"0\r", SEALED, seq=7).answer is Answer.NONE
    assert read(good, Speaker(account="ABCE", key=KEY), seq=7).answer is Answer.NONE


@given(st.binary(max_size=200), speakers)
def test_nothing_that_comes_back_breaks_the_reader(frame: bytes, speaker: Speaker) -> None:
    assert read(frame, speaker, seq=1).answer is Answer.NONE
    assert read(b"\n" + frame + b"\r", speaker, seq=1).answer is Answer.NONE


def test_a_key_opens_only_for_its_centre_and_by_its_secret() -> None:
    locked = lock(KEY, "north", secret=SECRET, nonce=bytes(12))
    assert unlock(locked, "north", secret=SECRET) == KEY and KEY not in locked
    for centre, secret in (("south", SECRET), ("north", "another")):
        with pytest.raises(BadCentre):
            unlock(locked, centre, secret=secret)


@pytest.mark.parametrize("typed", ["", "12", "zz" * 16, "00" * 15])
def test_what_is_no_key_is_refused(typed: str) -> None:
    with pytest.raises(BadCentre):
        key_of(typed)


def test_a_centre_must_be_reachable_by_its_way() -> None:
    assert host_and_port("centre.example:1234") == ("centre.example", 1234) and host_and_port("[::1]:9") == ("::1", 9)
    for address in ("centre.example", ":9", "a:0", "a:65536", "a:b"):
        with pytest.raises(BadCentre):
            host_and_port(address)
    assert checked(Centre(centre_id="a", name="a", way=Way.WEBHOOK, address="https://a.example/"))
    for bad in (
        Centre(centre_id="a", name="a", way=Way.WEBHOOK, address="a:1"),
        Centre(centre_id="a", name="a", way=Way.DC09, address="a:1", account="12"),
    ):
        with pytest.raises(BadCentre):
            checked(bad)


def test_a_centre_that_says_nothing_is_asked_again_ever_more_slowly() -> None:
    assert [wait_after(one) for one in (1, 2, 3, 9)] == [timedelta(seconds=each) for each in (1, 4, 10, 10)]
