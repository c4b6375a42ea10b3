"""Error budgets, schema drift and Rust contracts of multi-tenant services, as pytest items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_errorbudget.pipeline.plan import ErrorBudget, SliWindow

__all__ = ["ErrorBudget", "SliWindow"]


def __getattr__(name: str) -> Any:
    # Lazily: pytest imports this package in every session, and plain sessions should not pay for it.
    if name in __all__:
        from pytest_errorbudget.pipeline import plan

        return getattr(plan, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
