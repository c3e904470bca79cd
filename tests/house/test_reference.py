"""The reference says what the code says."""

from pathlib import Path

import pytest

from contracts import RefusalReason
from contracts.refusals import MENDS
from docs import reference

PAGES = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_the_reference_is_what_the_code_says(name: str) -> None:
    assert (PAGES / name).read_text() == reference.pages()[name], "run `python -m docs` and look at what changed"


def test_every_refusal_names_its_mend() -> None:
    assert MENDS.keys() == set(RefusalReason)
