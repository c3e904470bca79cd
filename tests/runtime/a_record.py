"""A line of a library's log."""

import logging


def a_record(said: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord("aiokafka.conn", logging.ERROR, __file__, 1, said, values, None)
