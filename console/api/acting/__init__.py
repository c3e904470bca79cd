"""What other systems do to alerts."""
