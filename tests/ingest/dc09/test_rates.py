"""An address that says too much waits; nobody else does."""

from ingest.dc09.rates import BURST_SECONDS, MOST, Rates


def test_who_says_too_much_waits_until_the_bucket_has_filled_again() -> None:
    rates = Rates(10.0)
    assert rates.take("a", int(10 * BURST_SECONDS), now=0.0) == 0.0
    assert rates.take("a", 5, now=0.0) == 0.5
    assert rates.take("b", 1, now=0.0) == 0.0
    assert rates.take("a", 1, now=1.0) == 0.0


def test_no_flood_shuts_an_address_out_for_long() -> None:
    rates = Rates(10.0)
    assert rates.take("a", 1_000_000, now=0.0) == BURST_SECONDS
    assert rates.take("a", 1, now=BURST_SECONDS + 1) == 0.0


def test_the_memory_of_addresses_is_bounded() -> None:
    rates = Rates(0.0)
    for number in range(MOST + 10):
        rates.take(f"{number}", 1, now=0.0)
    assert len(rates._buckets) == MOST
