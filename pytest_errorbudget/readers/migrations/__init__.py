"""Migrations as files and statements.

``layout`` finds the files and is cheap enough for collection; ``reader`` reads them, with sqlglot's tokens.
"""
