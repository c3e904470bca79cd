"""`python -m history`: record what Kafka carries."""

import os
import sys
from functools import partial

from history.service import serve
from runtime import lifecycle, logs, settings


def main() -> None:
    """Read the settings and record until told to stop."""
    try:
        read = settings.load(os.environ)
    except settings.BadSettings as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    logs.configure("history", log_format=read.service.log_format)
    lifecycle.run("history", read.service, partial(serve, settings=read))


if __name__ == "__main__":
    main()
