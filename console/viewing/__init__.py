"""Who has which alert before them: two who look at one case see each other."""
