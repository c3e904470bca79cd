"""What is measured of the whole: from a cry to a push, through the bridge, and in the detectors."""
