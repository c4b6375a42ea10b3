"""What is asked of events: one sqlglot expression, rendered for each engine."""
