"""`python -m detectors`: run one worker."""

import os
import sys
from functools import partial

from detectors.service import serve
from runtime import lifecycle, logs, settings


def main() -> None:
    """Read the settings and detect until told to stop."""
    try:
        read = settings.load(os.environ)
    except settings.BadSettings as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    logs.configure("detectors", log_format=read.service.log_format)
    lifecycle.run("detectors", read.service, partial(serve, settings=read))


if __name__ == "__main__":
    main()
