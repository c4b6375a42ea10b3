"""How grave a finding is."""

from __future__ import annotations

from enum import Enum
from typing import Literal

Level = Literal["low", "medium", "high"]
_LEVELS: dict[str, Level] = {"information": "low", "warning": "medium", "error": "high"}


class Severity(Enum):
    """``error`` fails an item, ``warning`` passes with a line in the summary, ``information`` is shown with ``-v``."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    @property
    def level(self) -> Level:
        """The word of the execution log: ``low``, ``medium`` or ``high``."""
        return _LEVELS[self.value]
