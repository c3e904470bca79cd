"""What the detectors make of a home, reckoned beside the pages and kept for a while."""
