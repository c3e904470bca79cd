"""How often one contact is tried, and how long between."""

from datetime import timedelta
from typing import Final

#: After the first try; when these are used up, the responder's next contact has its turn.
WAITS: Final = (timedelta(seconds=1), timedelta(seconds=4))
#: Longer than the slowest channel takes, twice over: a lease that ends means a worker that died.
LEASE: Final = timedelta(seconds=40)


def wait_after(attempt: int) -> timedelta | None:
    """Tell how long to wait after a failed attempt, counted from 1; None: not with this contact again."""
    return WAITS[attempt - 1] if attempt <= len(WAITS) else None
