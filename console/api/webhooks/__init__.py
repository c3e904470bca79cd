"""Other systems that are told of every change of an alert."""
