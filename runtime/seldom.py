"""What a library says again and again is written once in a while, with how often: an outage must not fill a disk."""

import logging
from collections.abc import Callable
from typing import Final

from runtime import clock

#: The same sentence of a library is written once in so many seconds.
EVERY_SECONDS: Final = 10.0
#: So many sentences are remembered; one that names what differs each time is not among those that repeat.
_MOST: Final = 1_000


class Seldom(logging.Filter):
    """Lets a sentence through when it was not said lately."""

    def __init__(self, *, ticks: Callable[[], float] = clock.ticks) -> None:
        """Begin with nothing said."""
        super().__init__()
        self._ticks = ticks
        #: When each sentence was written, and how often it was kept back since.
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is written; one that is tells how often it was kept back."""
        try:
            sentence, now = (record.name, record.getMessage()), self._ticks()
        except (TypeError, ValueError, KeyError):
            # Its words do not fit together, and who writes it says so: raised here, it would end the library's task.
            return True
        written_at, kept_back = self._said.get(sentence, (now - EVERY_SECONDS, 0))
        if now - written_at < EVERY_SECONDS:
            self._said[sentence] = (written_at, kept_back + 1)
            return False
        if len(self._said) >= _MOST:
            self._said.clear()
        self._said[sentence] = (now, 0)
        if kept_back:
            record.msg, record.args = f"{record.getMessage()} (and {kept_back} times since it was written last)", ()
        return True
