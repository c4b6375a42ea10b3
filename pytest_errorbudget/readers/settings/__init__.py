"""errorbudget.toml: its shape, its meaning, and what is said where it is wrong."""
