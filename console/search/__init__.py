"""Search over everything that the reader may see: homes, alerts, responders, devices and pages."""
