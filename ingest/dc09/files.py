"""Profiles from their folders: the shipped ones, and an installer's own, which outrank them."""

from pathlib import Path
from typing import Final

from ingest.dc09.meanings import Profile, read_profiles

SHIPPED: Final = Path(__file__).parent / "profiles"
#: The part of DOLBOM_INGEST_PROFILES that is ours.
OWN: Final = "dc09"


def load_profiles(folder: str) -> dict[str, Profile]:
    """Read all profiles; raise BadProfile for one that cannot be used."""
    folders = (SHIPPED, Path(folder) / OWN) if folder else (SHIPPED,)
    return read_profiles({file.stem: file.read_text() for each in folders for file in sorted(each.glob("*.toml"))})
