"""Web Push: a message is sealed for one browser, and the push service learns only who sends it."""
