"""Run the alerts service: `python -m alerts`."""

import os
import sys
from functools import partial

from alerts import service
from runtime import lifecycle, logs, settings
from runtime.settings import Alerts, BadSettings

_SHORTEST_SECRET = 32


def _check(alerts: Alerts) -> None:
    short = [name for name in ("link_secret", "webhook_secret") if len(getattr(alerts, name)) < _SHORTEST_SECRET]
    if short:
        faults = (f"DOLBOM_ALERTS_{name.upper()}: expected at least {_SHORTEST_SECRET} characters" for name in short)
        raise BadSettings("these settings cannot be used:\n  " + "\n  ".join(faults))


def main() -> None:
    """Read the settings and run until told to stop."""
    try:
        loaded = settings.load(os.environ)
        _check(loaded.alerts)
    except BadSettings as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(2)
    logs.configure("alerts", log_format=loaded.service.log_format)
    lifecycle.run("alerts", loaded.service, partial(service.main, settings=loaded))


if __name__ == "__main__":
    main()
