"""How a service begins: settings read once, logs set up, then its life."""

import sys
from collections.abc import Awaitable, Callable, Mapping

from runtime import lifecycle, logs
from runtime.lifecycle import Life
from runtime.settings import BadSettings, Settings, load

Main = Callable[[Life, Settings], Awaitable[None]]
Check = Callable[[Settings], None]

#: The exit status of a service whose settings cannot be used.
UNUSABLE_SETTINGS = 2


def start(name: str, environ: Mapping[str, str], main: Main, *, check: Check | None = None) -> None:
    """Run a service until it is told to stop; settings that cannot be used are all told on stderr, with their mend."""
    settings = read(environ, check=check)
    logs.configure(name, log_format=settings.service.log_format)
    lifecycle.run(name, settings.service, lambda life: main(life, settings))


def read(environ: Mapping[str, str], *, check: Check | None = None) -> Settings:
    """Read the settings of a command, or end it; `check` raises BadSettings for what this command cannot do without."""
    try:
        settings = load(environ)
        if check:
            check(settings)
    except BadSettings as fault:
        sys.stderr.write(f"{fault}\n")
        sys.exit(UNUSABLE_SETTINGS)
    return settings
