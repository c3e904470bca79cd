"""What the tests of the API share."""

from collections.abc import AsyncIterator

import pytest

from runtime.settings import Postgres
from tests.console.api.asking import Api, api


@pytest.fixture
async def house(postgres: Postgres) -> AsyncIterator[Api]:
    async with api(postgres) as running:
        yield running
