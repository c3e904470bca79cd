"""Run the console: `python -m console`."""

import os
import sys

from console.service import check, main_of
from runtime import lifecycle, logs, settings


def main() -> None:
    """Read the settings and serve until told to stop."""
    try:
        chosen = settings.load(os.environ)
        check(chosen)
    except settings.BadSettings as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    logs.configure("console", log_format=chosen.service.log_format)
    lifecycle.run("console", chosen.service, main_of(chosen))


if __name__ == "__main__":
    main()
