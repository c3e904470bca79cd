"""What a gateway says once of its own words (a discovery, a birth), without which its later messages mean nothing."""

from collections.abc import Mapping

import msgspec


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """One word of a gateway, explained by itself."""

    dialect: str
    #: What it is about, unique in its home and dialect: a state topic, a Sparkplug node or device.
    name: str
    #: JSON in the dialect's own shape; empty: it was taken back.
    meaning: bytes


#: The declarations of one home, by dialect and name.
Declared = Mapping[tuple[str, str], Declaration]
