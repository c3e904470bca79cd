"""`python -m alerts`: hear findings and call people."""

import os

from alerts.service import check, main
from runtime.start import start

if __name__ == "__main__":
    start("alerts", os.environ, main, check=check)
