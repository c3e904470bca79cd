"""The rules of Prometheus, and the pages that say what to do when one of them rings."""
