"""The page of what remains after alerts are resolved."""
