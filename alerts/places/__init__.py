"""How far the database has heard the findings, so that one that was restored hears the rest by itself."""
