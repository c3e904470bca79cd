"""Read the files that lay the map out, once, when the pages start."""

import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from console.map.grid import BadMap, Place, read_places
from console.map.outlines import Outlines, read_outlines
from runtime.settings import Console


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the map is laid out; no places: by gu and dong."""

    places: tuple[Place, ...] = ()
    outlines: Outlines | None = None


def load_layout(settings: Console) -> Layout:
    """Read what is set; raise BadMap, which names the setting, so that a wrong file stops the start."""
    try:
        places = read_places(yaml.safe_load(_text(settings.map_file))) if settings.map_file else ()
    except (BadMap, OSError, yaml.YAMLError) as error:
        raise BadMap(f"DOLBOM_CONSOLE_MAP_FILE: {error}") from error
    try:
        outlines = read_outlines(json.loads(_text(settings.map_outlines))) if settings.map_outlines else None
    except (BadMap, OSError, ValueError) as error:
        raise BadMap(f"DOLBOM_CONSOLE_MAP_OUTLINES: {error}") from error
    return Layout(places=places, outlines=outlines)


def _text(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")
