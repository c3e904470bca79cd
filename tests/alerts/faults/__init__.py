"""What fails while alerts are heard and people are called: nothing is lost, nothing happens twice, all is counted."""
