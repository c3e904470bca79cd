"""Who is at a console: while nobody sees or hears a board, no step of an escalation waits for an operator."""
