"""Statements to changes, by small rules on sqlglot's tokens."""
