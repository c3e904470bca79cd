"""What is restored is not looked at by the collector of cycles."""

import gc

from detectors.collector import uncollected


def test_what_is_built_uncollected_is_passed_over_and_the_collector_goes_on() -> None:
    before = gc.get_freeze_count()
    with uncollected():
        held = [{"a": [place]} for place in range(100)]
        assert not gc.isenabled()
    assert gc.isenabled() and gc.get_freeze_count() >= before + len(held)
    gc.unfreeze()
