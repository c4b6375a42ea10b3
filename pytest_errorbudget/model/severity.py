"""How grave a finding is."""

from __future__ import annotations

from enum import Enum


class Severity(Enum):
    """``error`` fails an item, ``warning`` passes with a line in the summary, ``information`` is shown with ``-v``."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    @property
    def level(self) -> str:
        """The word of the execution log: ``low``, ``medium`` or ``high``."""
        return {"information": "low", "warning": "medium", "error": "high"}[self.value]
