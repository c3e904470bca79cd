"""The rail in Chromium: no word of it is cut off, in either language, on the screens of a centre."""

import pytest
from playwright.async_api import Page

from tests.console.running import Centre

pytestmark = [pytest.mark.browser, pytest.mark.door]

_CUT = """
    [...document.querySelectorAll('.rail a, .railb')]
        .filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)
"""


async def test_no_word_of_the_rail_is_cut_off(board: Page, house: Centre) -> None:
    for language in ("ko", "en"):
        await board.context.add_cookies([{"name": "language", "value": language, "url": house.url}])
        for path in ("/", "/homes"):
            await board.goto(house.url + path)
            for width in (1366, 1440, 1920):
                await board.set_viewport_size({"width": width, "height": 900})
                assert await board.evaluate(_CUT) == [], (language, path, width)
