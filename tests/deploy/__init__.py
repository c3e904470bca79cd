"""What starting, crashing and configuring the stack promises."""
