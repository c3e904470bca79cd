"""A channel is known everywhere or nowhere: the how-to `add-a-channel` names every place."""

import httpx

from alerts.delivery import LEASES, TIMEOUTS
from alerts.service import channels_of
from homes.contacts import ADDRESSES
from homes.model import Channel
from runtime.settings import Alerts


def test_a_street_file_can_name_an_address_of_every_channel() -> None:
    assert ADDRESSES.keys() == set(Channel)


def test_every_channel_has_a_bound_and_a_lease() -> None:
    assert TIMEOUTS.keys() == LEASES.keys() == set(Channel)


async def test_every_channel_can_be_pushed_by() -> None:
    async with httpx.AsyncClient() as client:
        assert channels_of(Alerts(), client).keys() == set(Channel)
