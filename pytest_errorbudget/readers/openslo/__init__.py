"""OpenSLO v1 files (https://github.com/OpenSLO/OpenSLO) as SLOs with their alerts."""

from pytest_errorbudget.readers.openslo.read import OpenSlo, read_openslo

__all__ = ["OpenSlo", "read_openslo"]
