"""Tables for spreadsheets."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from console.sheets import BOM, csv_of, inert

CELLS = st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5))
def test_what_is_written_is_read_back_and_nothing_is_a_formula(rows: list[list[str]]) -> None:
    text = csv_of(rows)
    assert text.startswith(BOM)
    read = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert [row or [""] for row in read] == [[str(inert(cell)) for cell in row] for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in read for cell in row)


def test_numbers_stay_numbers() -> None:
    assert csv_of([["이름", -3]]) == BOM + "이름,-3\r\n"
