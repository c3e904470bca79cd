"""Who would be called when, tried without calling anyone; and what is wrong with policies and rosters."""
