"""Pages from templates: everything is escaped, and a value that is missing is an error, not a blank."""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import DictLoader, Environment, StrictUndefined

from console.icons import ICONS, SHAPES
from console.navigation import Place, places_for
from console.roles import Act
from console.rows import BoardRow
from console.strips import Strip
from console.words import Language, Theme, Words


@dataclass(frozen=True, kw_only=True)
class Page:
    """How a page looks to the one who asked for it."""

    language: Language
    theme: Theme
    path: str
    operator: str = ""
    csrf: str = ""
    #: The demo's page exists.
    demo: bool = False
    #: What the reader may do: templates ask it before they offer something.
    acts: frozenset[Act] = frozenset()

    @property
    def places(self) -> tuple[Place, ...]:
        """Tell where the reader can go."""
        return places_for(self.acts, demo=self.demo)


class Renderer:
    """The templates with their words."""

    def __init__(self, templates: Mapping[str, str], catalogues: Mapping[Language, Words]) -> None:
        self._catalogues = catalogues
        self._environment = Environment(
            loader=DictLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(icons=ICONS, shapes=SHAPES)

    def words(self, language: Language) -> Words:
        """Give the words of a language."""
        return self._catalogues[language]

    def page(self, template: str, look: Page, **values: object) -> str:
        """Write a page, or a part of one."""
        words = self._catalogues[look.language]
        return self._environment.get_template(template).render(page=look, t=words, **values)

    def row(self, row: BoardRow, words: Words) -> str:
        """Write one row of the board."""
        return self._environment.get_template("row.j2").render(r=row, t=words)

    def strip(self, strip: Strip, p: str, words: Words) -> str:
        """Draw the strip of a row alone."""
        return self._environment.get_template("strip.j2").render(s=strip, p=p, label=words("board.strip"))
