"""The lock of a workstation: no name is shown, and what calls for help is still counted and heard."""
