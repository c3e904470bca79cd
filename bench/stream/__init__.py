"""The stream, measured: what a reading costs beside its peers, how large a home is, and how fast it heals."""
