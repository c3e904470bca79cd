"""The second factor: enrolling one, showing it after the password, and showing it again before something grave."""
