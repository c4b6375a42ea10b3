"""Changes replayed without a database."""
