"""PostgreSQL servers for databases of our own: the embedded one, another major's binaries, or a server by URL."""

from pytest_errorbudget.readers.scratch.open import replay_programs, scratch_server
from pytest_errorbudget.readers.scratch.server import ScratchServer

__all__ = ["ScratchServer", "replay_programs", "scratch_server"]
