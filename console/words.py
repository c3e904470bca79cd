"""The words of the pages in Korean and English, read from gettext catalogues without a build step."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from babel.messages.pofile import read_po


class Language(StrEnum):
    """The languages of the house."""

    KO = "ko"
    EN = "en"

    @property
    def other(self) -> "Language":
        """The language that the switch leads to."""
        return Language.EN if self is Language.KO else Language.KO


class Theme(StrEnum):
    """Light for a lit room, dark for the night shift."""

    DAY = "day"
    NIGHT = "night"

    @property
    def other(self) -> "Theme":
        """The theme that the switch leads to."""
        return Theme.NIGHT if self is Theme.DAY else Theme.DAY


class UnknownWord(Exception):
    """A page asks for a word that a catalogue does not have."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """One language's texts by their key."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **parts: object) -> str:
        """Say a text; `parts` fill its braces."""
        try:
            text = self.texts[key]
        except KeyError:
            raise UnknownWord(f"no {self.language} text for {key!r}") from None
        return text.format(**parts) if parts else text

    def starting(self, prefix: str) -> dict[str, str]:
        """Give all texts whose key starts so, by the rest of the key: what a script on the page needs."""
        return {key.removeprefix(prefix): text for key, text in self.texts.items() if key.startswith(prefix)}


def read_catalogue(language: Language, text: str) -> Words:
    """Read a .po file; an entry without a translation is left out, so that using it is an error."""
    catalogue = read_po(BytesIO(text.encode()), locale=language.value)
    texts = {
        entry.id: entry.string
        for entry in catalogue
        if isinstance(entry.id, str) and isinstance(entry.string, str) and entry.id and entry.string
    }
    return Words(language=language, texts=texts)
