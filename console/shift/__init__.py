"""The handing over of a shift: the draft, read by both on one screen, and the signature of the next operator."""
