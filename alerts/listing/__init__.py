"""Alerts in pages, for whoever reads many of them."""
