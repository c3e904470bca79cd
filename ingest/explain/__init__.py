"""Say what a gateway's message becomes, and why, so that an engineer can mend it."""
