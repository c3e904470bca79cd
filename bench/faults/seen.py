"""What was seen of each press, hop by hop: the history that the checker reads."""

import msgspec


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """A button that was pressed, as its gateway numbered it."""

    number: int
    home_id: str
    session: int
    seq: int
    #: The id that its reading must get.
    reading_id: str
    #: Seconds since the campaign began.
    at: float


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A press in a record of `readings`."""

    reading_id: str
    partition: int
    offset: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A finding, with the readings that led to it."""

    finding_id: str
    home_id: str
    kind: str
    hazard: str
    reading_ids: tuple[str, ...]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as the database holds it."""

    alert_id: str
    home_id: str
    hazard: str
    severity: str
    #: Every finding that was brought to it.
    finding_ids: tuple[str, ...]
    #: The readings of its own evidence: of two alerts of one finding, the database remembers the last.
    reading_ids: tuple[str, ...] = ()
    outcome: str | None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the outbox."""

    key: str
    alert_id: str
    #: Who is called, by which contact, at which step and what for: called once.
    whom: str
    step: int
    state: str


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """A push as the telephone got it."""

    key: str
    alert_id: str
    home_id: str
    #: Seconds since the campaign began.
    at: float


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All that was seen, hop by hop."""

    presses: tuple[Press, ...] = ()
    kept: tuple[Kept, ...] = ()
    told: tuple[Told, ...] = ()
    opened: tuple[Opened, ...] = ()
    calls: tuple[Call, ...] = ()
    pushed: tuple[Pushed, ...] = ()
    #: The readings of presses that the history service has written down, one for each row.
    recorded: tuple[str, ...] = ()
    #: How many findings of other kinds were told of the same homes: nobody asked for them.
    others: dict[str, int] = {}
