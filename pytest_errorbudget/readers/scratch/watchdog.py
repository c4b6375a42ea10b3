"""A small process that outlives us by a moment: when our end of its pipe closes, it stops the server.

The kernel closes the pipe however we end, SIGKILL included. A signal sent by the kernel to the server's process
(``PR_SET_PDEATHSIG``) would not do: it follows the thread that started the server, and is lost with the change of user.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# Lines on the pipe: the server's pid; then `done` where we stopped it ourselves. An end of file instead means that
# we are gone. The server takes its own file away when it ends, also where nobody collects its exit status.
_SCRIPT = """
read -r pid || exit 0
read -r done && exit 0
kill -QUIT "$pid"
tries=0
while [ -e "$1/data/postmaster.pid" ] && kill -0 "$pid" && [ "$tries" -lt 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
[ -e "$1/data/postmaster.pid" ] && kill -KILL "$pid"
rm -rf "$1"
"""


class Watchdog:
    """The other end of the pipe."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._pipe = pipe

    def guard(self, pid: int) -> None:
        self._write(f"{pid}\n")

    def release(self) -> None:
        self._write("done\n")

    def _write(self, line: str) -> None:
        if self._pipe is not None:
            try:
                self._pipe.write(line.encode())
                self._pipe.flush()
            except BrokenPipeError:
                pass  # someone killed the watchdog; the next run still cleans up


@contextmanager
def watched(folder: Path) -> Iterator[Watchdog]:
    """Leave the block only when the guarded server is stopped."""
    if sys.platform == "win32":
        yield Watchdog(None)
        return
    process = subprocess.Popen(
        ["/bin/sh", "-c", _SCRIPT, "errorbudget-watchdog", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    watchdog = Watchdog(process.stdin)
    try:
        yield watchdog
    finally:
        watchdog.release()
        if process.stdin is not None:
            process.stdin.close()
        process.wait()
