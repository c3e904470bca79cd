"""What vendors' fields mean to us, read from data files, so that a new device needs no code."""

from ingest.profiles.meaning import Meant, values_of
from ingest.profiles.rules import Dialect, Profiles, Rule, Table
from ingest.profiles.written import compiled

__all__ = ["Dialect", "Meant", "Profiles", "Rule", "Table", "compiled", "values_of"]
