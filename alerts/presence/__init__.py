"""Who is at a console: an operator whose page was seen within half a minute, by the database's clock."""
