"""One event at a time: a case, its log, its calls and what the world is told, all or nothing."""
