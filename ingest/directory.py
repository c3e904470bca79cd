"""The homes that the bridge knows, and what of a new list must be told to those who watch."""

from collections.abc import Iterable, Mapping

import msgspec

from contracts import WatchedHome


def differences(known: Mapping[str, WatchedHome], loaded: Iterable[WatchedHome]) -> list[WatchedHome]:
    """Tell what is new or changed, and what is gone as no longer watched."""
    there = {home.home_id: home for home in loaded}
    changed = [home for home in there.values() if known.get(home.home_id) != home]
    return changed + [farewell(home) for home in known.values() if home.home_id not in there]


def farewell(home: WatchedHome) -> WatchedHome:
    """Say that a home is watched no more; the version grows, so that this is the last word."""
    return msgspec.structs.replace(home, version=home.version + 1, watched=False)
