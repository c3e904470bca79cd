"""`python -m console`: serve the pages."""

import os

from console.service import check, main
from runtime.start import start

if __name__ == "__main__":
    start("console", os.environ, main, check=check)
