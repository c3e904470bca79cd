"""The demo's page: scenes that the simulator plays."""
