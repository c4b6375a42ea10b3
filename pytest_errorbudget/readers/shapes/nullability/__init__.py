"""Whether a column of a query's result can be NULL, from the tree into which PostgreSQL itself turned the query."""
