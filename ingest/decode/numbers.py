"""Numbers as strangers write them, for decoders."""

from ingest.numbers import number_of

__all__ = ["number_of"]
