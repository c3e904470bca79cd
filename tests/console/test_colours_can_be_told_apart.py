"""The colours of `tokens.css`: whatever is read has a contrast of 4.5, a shape of 3 (WCAG 1.4.3, 1.4.11)."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).parents[2] / "console/static/tokens.css").read_text()
GROUNDS = ("--bg", "--panel", "--raised")
READ = ("--text", "--t2", "--t3")
SHAPES = ("--line-2", "--acc")


def theme(name: str) -> dict[str, str]:
    blocks = re.findall(r"([^{}]+)\{([^{}]*)\}", TOKENS)
    found: dict[str, str] = {}
    for selector, body in blocks:
        if ":root" in selector or "[data-theme=" in selector:
            if name == "day" and "night" in selector:
                continue
            found |= dict(re.findall(r"(--[a-z0-9-]+)\s*:\s*(#[0-9A-Fa-f]{3,8})", body))
    return found


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits[:6]
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("name", ["day", "night"])
def test_what_is_read_can_be_read_on_every_ground(name: str) -> None:
    colours = theme(name)
    for ground in GROUNDS:
        for text in READ:
            assert contrast(colours[text], colours[ground]) >= 4.5, (name, text, ground)
        for shape in SHAPES:
            assert contrast(colours[shape], colours[ground]) >= 3, (name, shape, ground)


@pytest.mark.parametrize("name", ["day", "night"])
@pytest.mark.parametrize("priority", ["1", "2", "3", "4", "t"])
def test_a_priority_is_told_by_its_number_and_its_edge(name: str, priority: str) -> None:
    colours = theme(name)
    assert contrast(colours[f"--p{priority}"], colours[f"--p{priority}-on"]) >= 4.5
    assert contrast(colours[f"--p{priority}-edge"], colours["--panel"]) >= 3
    assert contrast(colours["--text"], colours[f"--p{priority}-wash"]) >= 4.5


def test_night_is_another_theme() -> None:
    assert theme("day")["--bg"] != theme("night")["--bg"]
