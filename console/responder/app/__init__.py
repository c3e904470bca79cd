"""The page as an app on a telephone."""
