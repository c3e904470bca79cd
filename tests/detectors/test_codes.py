"""Whatever we find has its place in the table of codes, even when another language has no word for it."""

import re

from contracts.codes import CODES
from detectors.watch import DETECTORS


def test_every_detector_has_its_place_in_the_table_of_codes() -> None:
    missing = {detector.__name__.rsplit(".", 1)[-1] for detector in DETECTORS} - set(CODES)
    assert not missing, "add them to contracts/codes.py, without a code where none fits"


def test_codes_are_written_as_their_languages_write_them() -> None:
    for codes in CODES.values():
        assert codes.contact_id is None or re.fullmatch(r"[1-6]\d\d", codes.contact_id)
        assert codes.sia is None or re.fullmatch("[A-Z]{2}", codes.sia)
        for code in (codes.scaip_device, codes.scaip_status):
            assert code is None or re.fullmatch(r"\d{4}", code)


def test_what_threatens_a_life_can_be_handed_over() -> None:
    for kind in ("help_button", "fall", "smoke", "heat", "gas", "carbon_monoxide", "inactivity", "rising_heat"):
        assert CODES[kind].contact_id
