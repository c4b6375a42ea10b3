"""A team's own SLI queries: read, seen through dialects and macros, and rewritten."""
