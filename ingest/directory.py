"""The homes that the bridge knows, and what of a new list must be told to those who watch."""

from collections.abc import Iterable, Mapping
from typing import Final
from zlib import crc32

import msgspec

from contracts import WatchedHome

#: Every home is told again once in so many minutes, so that the stream never forgets one: Kafka drops what is old.
RETELL_MINUTES: Final = 60


def differences(known: Mapping[str, WatchedHome], loaded: Iterable[WatchedHome]) -> list[WatchedHome]:
    """Tell what is new or changed, and what is gone as no longer watched."""
    there = {home.home_id: home for home in loaded}
    changed = [home for home in there.values() if known.get(home.home_id) != home]
    return changed + [farewell(home) for home in known.values() if home.home_id not in there]


def farewell(home: WatchedHome) -> WatchedHome:
    """Say that a home is watched no more; the version grows, so that this is the last word."""
    return msgspec.structs.replace(home, version=home.version + 1, watched=False)


def retold(known: Iterable[WatchedHome], *, after: int, until: int) -> list[WatchedHome]:
    """Tell which homes are due again in the minutes after one and until another, by the count of minutes since 1970."""
    due = {minute % RETELL_MINUTES for minute in range(max(after, until - RETELL_MINUTES) + 1, until + 1)}
    # The lowest bits of the sum are the shard: by the next ones, each minute's homes are spread over all partitions.
    return [home for home in known if due and crc32(home.home_id.encode()) // 16 % RETELL_MINUTES in due]
