"""How a service begins: settings read once, logs set up, then its life."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path

from cryptography import x509

from runtime import lifecycle, logs, metrics
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
    measure_certificates(settings)
    lifecycle.run(name, settings.service, lambda life: main(life, settings))


def measure_certificates(settings: Settings) -> None:
    """Tell until when those know us who know us by a certificate; one that cannot be read is told by their door."""
    for at, file in (("kafka", settings.kafka.certificate_file), ("mqtt", settings.mqtt.certificate_file)):
        if not file:
            continue
        with suppress(OSError, ValueError):
            certificate = x509.load_pem_x509_certificate(Path(file).read_bytes())
            metrics.certificate_until.labels(at=at).set(certificate.not_valid_after_utc.timestamp())


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
