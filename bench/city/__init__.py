"""The simulated city: many homes over many virtual days, with emergencies among them whose finding is promised."""
