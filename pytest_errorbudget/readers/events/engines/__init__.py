"""The engines that count: DuckDB on files, PostgreSQL and Spark in place."""
