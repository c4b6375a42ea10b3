"""Error budgets, schema drift and Rust contracts of multi-tenant services, as pytest items."""
