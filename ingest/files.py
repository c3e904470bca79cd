"""Read the profiles of devices: the shipped ones, and those that an installer put beside them."""

from pathlib import Path
from typing import Final

from ingest.decode import DIALECTS
from ingest.profiles import Profiles, compiled
from runtime.settings import BadSettings, name_of

SHIPPED: Final = Path(__file__).parent / "profiles" / "shipped"
#: Dialects whose words are fixed: a profile would change nothing, silently.
NO_FIELDS: Final = frozenset({"native", "senml", "forwarded"})
SETTING: Final = name_of("ingest", "profiles")


def load_profiles(folder: str = "") -> Profiles:
    """Read all profiles, the folder's over the shipped ones, or raise BadSettings with every fault of every file."""
    own = Path(folder) if folder else None
    if own and not own.is_dir():
        raise BadSettings(f"{SETTING}: expected a folder of TOML files, and there is none: {folder}")
    files = [*sorted(SHIPPED.glob("*.toml")), *(sorted(own.glob("*.toml")) if own else ())]
    read: dict[str, str] = {}
    faults: list[str] = []
    for file in files:
        # A shipped profile and one's own may have the same name; both count.
        name = file.name if file.parent == SHIPPED else str(file)
        try:
            read[name] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{name}: expected a text in UTF-8: {type(error).__name__}")
    profiles = compiled(read, frozenset(DIALECTS) - NO_FIELDS)
    if isinstance(profiles, tuple) or faults:
        all_faults = (*faults, *(profiles if isinstance(profiles, tuple) else ()))
        raise BadSettings("these device profiles cannot be used:\n  " + "\n  ".join(all_faults))
    return profiles
