"""A street of pretend homes that speaks MQTT as gateways do: for the demo, for load, and for the journey tests."""
