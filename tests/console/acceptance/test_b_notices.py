"""What the feed tells once: that something begins, and that it is over."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from console.board.feeding.notices import Facts, Kind, Level, notices_of
from tests.console.building import EN, KO

KIM = "김지현"
CALM = Facts(ingest_age=1.0, canary_age=40.0, notifier_age=0.0, on_duty=frozenset({KIM}))

ages = st.one_of(st.none(), st.floats(0, 300))
facts = st.builds(
    Facts,
    flood=st.sampled_from(["", "폭주"]),
    ingest_age=ages,
    canary_age=ages,
    notifier_age=ages,
    on_duty=st.frozensets(st.sampled_from([KIM, "박도윤", "서하은"])),
)


def test_b_each_kind_is_said_when_it_begins_and_when_it_is_over() -> None:
    for kind, troubled in (
        (Kind.FLOOD, Facts(flood="폭주", ingest_age=1.0, on_duty=frozenset({KIM}))),
        (Kind.INGEST, Facts(ingest_age=31.0, on_duty=frozenset({KIM}))),
        (Kind.INGEST, Facts(canary_age=121.0, on_duty=frozenset({KIM}))),
        (Kind.NOTIFIER, Facts(notifier_age=61.0, on_duty=frozenset({KIM}))),
    ):
        (begins,) = notices_of(CALM, troubled, KO, reader=KIM)
        (ends,) = notices_of(troubled, CALM, EN, reader=KIM)
        assert (begins.kind, begins.level, ends.kind, ends.level) == (kind, Level.ALARM, kind, Level.INFO)
        assert begins.text and ends.text and begins.text != ends.text


def test_b_a_colleague_who_comes_or_goes_is_named_and_nobody_hears_of_themselves() -> None:
    both = Facts(on_duty=frozenset({KIM, "박도윤"}))
    (came,) = notices_of(CALM, both, KO, reader=KIM)
    (went,) = notices_of(both, CALM, KO, reader=KIM)
    assert came.kind is went.kind is Kind.PEER and "박도윤" in came.text and "박도윤" in went.text
    assert not notices_of(CALM, both, KO, reader="박도윤")
    # Before anybody was looked for, nobody came.
    assert not notices_of(Facts(), both, KO, reader=KIM)


@given(facts)
def test_b_what_stays_as_it_is_is_not_said_again(stands: Facts) -> None:
    assert not notices_of(stands, stands, KO, reader=KIM)


def test_b_the_page_listens_for_notices() -> None:
    assert '"notice"' in (Path(__file__).parents[3] / "console/static/feed.js").read_text()
