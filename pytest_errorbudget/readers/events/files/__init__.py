"""Event files as people have them: what they hold, made columnar and of one type for each column."""
