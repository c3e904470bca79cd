"""How a gateway gets a credential of its own, keeps it, and loses it."""
