"""`python -m detectors`: run one worker."""

import os

from detectors.service import serve
from runtime.start import start

if __name__ == "__main__":
    start("detectors", os.environ, serve)
