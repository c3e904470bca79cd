"""Read a gateway's template: one that is shipped, by its name, or a file of one's own."""

import tomllib
from pathlib import Path
from typing import Final

from alerts.gateway.template import BadTemplate, Template, read_template

SHIPPED: Final = Path(__file__).parent / "templates"


def load_template(name: str) -> Template:
    """Read a template by its name or its path, or raise BadTemplate."""
    file = SHIPPED / f"{name}.toml"
    if "/" in name or "." in name or not file.exists():
        file = Path(name)
    try:
        return read_template(tomllib.loads(file.read_text()))
    except OSError as error:
        known = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.toml")))
        raise BadTemplate(f"expected one of {known}, or a TOML file, got {name!r}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTemplate(f"{name!r} is no TOML: {error}") from error
    except BadTemplate as error:
        raise BadTemplate(f"{name!r}: {error}") from error
