"""Stories of a case, told minute by minute and played on a real database whose time the story turns.

`play(postgres, home, "0:00 finding help_button", "0:00 call daughter", "1:00 call carer", ...)`: each sentence is a
moment and either a deed (done then) or a message (which must come then). Whatever else is sent fails the test.
"""
