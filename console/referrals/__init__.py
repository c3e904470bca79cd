"""Care link: a resident is referred to a service of the programme, and what came of it is followed."""
