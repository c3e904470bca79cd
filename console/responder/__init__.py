"""The page behind a responder's link."""
