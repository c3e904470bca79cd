"""Nothing: one empty dict for all homes that have nothing to put into their own."""

from typing import Any, Final, NoReturn, TypeVar

Key = TypeVar("Key")
Word = TypeVar("Word")


class Nothing(dict[Any, Any]):  # the one place without types: it holds nothing of any type
    """An empty dict that all homes share until they have something to put into one of their own (`opened`)."""

    def __setitem__(self, key: object, value: object) -> None:
        raise TypeError("opened() makes a dict of a home's own")

    def setdefault(self, key: object, default: object = None) -> NoReturn:
        """Refuse, as assignment does."""
        raise TypeError("opened() makes a dict of a home's own")


NOTHING: Final[Any] = Nothing()


def opened(known: dict[Key, Word]) -> dict[Key, Word]:
    """Tell the dict to write into: a fresh one where a home had nothing yet."""
    return known if known is not NOTHING else {}
