"""One word for one thing: the simulator's own page and the console's call a scene by the same name."""

from pathlib import Path

from console.words import Language, read_catalogue
from simulator.scenes import SceneName
from simulator.web import KOREAN

CATALOGUE = Path(__file__).parents[2] / "console" / "locale" / "ko" / "LC_MESSAGES" / "console.po"


def test_a_scene_has_one_name_on_both_pages() -> None:
    words = read_catalogue(Language.KO, CATALOGUE.read_text())
    assert {scene: words(f"scene.{scene}") for scene in SceneName} == KOREAN
