"""How Dolbom is run: the embedded stack of the demo and the tests, and the files for real servers."""
