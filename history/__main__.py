"""`python -m history`: record what Kafka carries."""

import os

from history.service import serve
from runtime.start import start

if __name__ == "__main__":
    start("history", os.environ, serve)
