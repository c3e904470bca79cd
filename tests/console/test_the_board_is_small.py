"""What a workstation loads: the page of fifty rows and its scripts, each at most 40 kB as they travel."""

import gzip
import re
from dataclasses import replace
from pathlib import Path

from console.board.layout import COLUMNS, FOOT, HELP, script_words
from console.incidents.cards import cards_of
from console.pages import board_of, rate_of
from console.rendering import Page
from console.roles import Role, acts_of
from console.rows import Entry
from console.words import Language, Theme
from tests.console.building import KIM, KO, NOON, RENDERER, a_finding, a_home, an_alert, an_entry

STATIC = Path(__file__).parents[2] / "console" / "static"
MOST = 40_000


def entry(number: int) -> Entry:
    home = replace(a_home(f"h-{number:04}"), address=f"은하빌라 {number}호")
    return an_entry(an_alert(a_finding(f"h-{number:04}", ko=f"도움 요청 버튼 누름 {number}회 · 안방")), home)


def test_the_page_of_fifty_rows_is_small() -> None:
    board = board_of([entry(number) for number in range(50)], KIM, mark="e1.1", homes=4812, now=NOON)
    html = RENDERER.page(
        "board.j2",
        Page(language=Language.KO, theme=Theme.DAY, path="/", operator=KIM.name, acts=acts_of(Role)),
        board=board,
        incidents=cards_of([], {}, 0, KO, NOON),
        rate=rate_of([0] * 10, KO, on_duty=1, flooded=False),
        on_duty=KIM.name,
        to_follow_up=0,
        calm="",
        detail=None,
        steps=None,
        roster_gaps=0,
        offers=(),
        columns=COLUMNS,
        foot=FOOT,
        help=HELP,
        script_words=script_words(KO),
    )
    assert len(gzip.compress(html.encode())) < MOST


def test_the_scripts_of_the_board_are_small() -> None:
    loaded, waiting = set[str](), ["board.js", "reveal.js", "lock.js"]
    while waiting:
        name = waiting.pop()
        if name not in loaded:
            loaded.add(name)
            waiting += re.findall(r'from "\./([a-z-]+\.js)"', (STATIC / name).read_text())
    assert len(loaded) > 10
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in loaded) < MOST
