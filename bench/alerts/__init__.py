"""The alerts, measured: a thousand findings in a second, fifty in every second, and the floor beneath both."""
