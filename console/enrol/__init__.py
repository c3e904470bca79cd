"""Gateways' credentials: the exchange that gateways call, and what engineers do about it."""
