"""Sign-in, sign-out, and how the pages look to one person."""
