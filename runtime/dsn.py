"""Whether a connection string can be used, judged before anybody tries it: libpq's own complaint would quote it."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from runtime.secret import Secret

#: What is told instead: no part of the string, for any part may be a piece of the password.
FAULT = "expected a libpq connection string; in an address / @ : ? # % of the password are %2F %40 %3A %3F %23 %25"


def usable(dsn: Secret) -> bool:
    """Tell whether libpq takes a string for what was meant: a password with an @ moves into the host's place."""
    try:
        told = conninfo_to_dict(dsn.reveal())
    except psycopg.Error:
        return False
    ports = f"{told.get('port') or ''}".split(",")
    hosts = f"{told.get('host') or ''}".split(",")
    return all(port.isdecimal() or not port for port in ports) and not any("@" in host[1:] for host in hosts)
