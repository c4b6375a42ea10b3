"""Statements to changes: small rules on sqlglot's tokens, and sqlglot's parser for queries."""
