"""The scratch server of a run."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from pytest_errorbudget.model.settings import ReplaySettings

if TYPE_CHECKING:
    from pytest_errorbudget.readers.scratch import ScratchServer


class Servers:
    """The scratch server of a run: started when it is first asked for, gone with the stack."""

    def __init__(self, stack: ExitStack, settings: ReplaySettings) -> None:
        self._stack = stack
        self._settings = settings
        self._server: ScratchServer | None = None

    def scratch(self) -> ScratchServer:
        """Raises ``Unreadable`` where no server can be had."""
        if self._server is None:
            from pytest_errorbudget.readers.scratch import scratch_server

            self._server = self._stack.enter_context(scratch_server(self._settings))
        return self._server

    @property
    def build(self) -> str:
        """Which PostgreSQL it is: of our own the programs' build, without starting them; of one with a URL where it
        is and its version. Raises ``Unreadable``."""
        if self._settings.url is None:
            from pytest_errorbudget.readers.scratch import replay_programs

            return replay_programs(self._settings).identity
        server = self.scratch()
        return f"{server.user}@{server.host}:{server.port}/{server.maintenance} {server.server_version}"
