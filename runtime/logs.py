"""Logs: facts as one line of JSON each (or for people, in colour), to stdout."""

import logging
import sys

import structlog

from runtime.seldom import Seldom

#: They say the same for each try while a broker is away, dozens of times a second.
_REPEATING = ("aiokafka", "kafka", "faust", "mode", "psycopg")


class _OfLibraries(Seldom):
    """Lets our own lines through as they are."""

    def filter(self, record: logging.LogRecord) -> bool:
        return super().filter(record) if record.name.partition(".")[0] in _REPEATING else True


def configure(service: str, *, log_format: str = "json") -> None:
    """Make structlog and the libraries' own loggers write the same lines to stdout."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if log_format == "console" else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # Faust redirects stdout for its own ends; the saved stream stays ours.
    handler = logging.StreamHandler(sys.__stdout__)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    # On the handlers: a filter of a logger does not see what its children say.
    handler.addFilter(_OfLibraries())
    for chatty in ("aiokafka", "kafka", "faust", "mode", "asyncio", "psycopg.pool", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # What these say of a message or a receiver holds addresses; what came of it is in our own line.
    for indiscreet in ("apprise", "httpx", "httpcore", "aiosmtplib", "mail.log", "urllib3", "requests"):
        logging.getLogger(indiscreet).setLevel(logging.CRITICAL)
    structlog.contextvars.bind_contextvars(service=service)
