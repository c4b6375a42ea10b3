"""A server of our own: a copy of a kept ``initdb``, started directly, gone when the run is gone.

Three things end it, whichever comes first: the end of the ``with`` block; a small watchdog process that holds a pipe
of ours and acts when the pipe closes (a run that was killed cannot act any more); and the next run, which finds the
folder with its lock free.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import psycopg
from filelock import FileLock

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.readers.kept_places import cache_folder
from pytest_errorbudget.readers.scratch.binaries import Binaries
from pytest_errorbudget.readers.scratch.leftovers import OWNER_LOCK, SERVER_PID, remove_leftovers
from pytest_errorbudget.readers.scratch.places import RUN_PREFIX, run_root
from pytest_errorbudget.readers.scratch.server import ScratchServer
from pytest_errorbudget.readers.scratch.watchdog import watched

_START_TIMEOUT_S = 60.0
_POLL_S = 0.002
_SUPERUSER = "postgres"
_EXTENSIONS = Path(__file__).resolve().parent.parent / "extensions"
_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_locks_per_transaction": "1024",
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
}


class _AsUser(TypedDict, total=False):
    user: str
    group: int
    extra_groups: Sequence[int]


@contextmanager
def cluster(binaries: Binaries) -> Iterator[ScratchServer]:
    """A running server with nothing but the template databases in it."""
    template = _template(binaries)
    with _run_folder(binaries) as folder:
        _copy(template, folder / "data", binaries)
        with _running(binaries, folder) as server:
            yield server


def _as_user(binaries: Binaries) -> _AsUser:
    if binaries.user is None or sys.platform == "win32":
        return {}
    import pwd

    return {"user": binaries.user, "group": pwd.getpwnam(binaries.user).pw_gid, "extra_groups": ()}


def _own(folder: Path, binaries: Binaries) -> None:
    if binaries.user is not None:
        shutil.chown(folder, user=binaries.user)


def _template(binaries: Binaries) -> Path:
    """The kept result of ``initdb``, made once for these programs; written aside and renamed, so never half there."""
    cache = cache_folder()
    template = cache / f"initdb-{binaries.identity}"
    with FileLock(f"{template}.lock"):
        if not template.exists():
            aside = Path(tempfile.mkdtemp(prefix="initdb-", dir=cache))
            _own(aside, binaries)
            try:
                _initdb(binaries, aside / "data")
                (aside / "data").rename(template)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    return template


def _initdb(binaries: Binaries, data: Path) -> None:
    arguments = ["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=trust", "--wal-segsize=1", "-U", _SUPERUSER]
    done = subprocess.run(
        [binaries.program("initdb"), "-D", str(data), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=data.parent,
        **_as_user(binaries),
    )
    if done.returncode != 0:
        raise _not_started(binaries, "initdb failed", done.stdout)


@contextmanager
def _run_folder(binaries: Binaries) -> Iterator[Path]:
    """A folder for this run, with a lock that is held as long as this process lives."""
    with FileLock(cache_folder() / "runs.lock"):
        remove_leftovers()
        folder = Path(tempfile.mkdtemp(prefix=RUN_PREFIX, dir=run_root()))
        lock = FileLock(folder / OWNER_LOCK)
        lock.acquire(timeout=0)
    try:
        _own(folder, binaries)
        shutil.copytree(_EXTENSIONS, folder / "extensions")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def _copy(template: Path, data: Path, binaries: Binaries) -> None:
    if sys.platform == "win32":
        shutil.copytree(template, data)
        return
    subprocess.run(["cp", "-Rp", str(template), str(data)], check=True, cwd=data.parent, **_as_user(binaries))


@contextmanager
def _running(binaries: Binaries, folder: Path) -> Iterator[ScratchServer]:
    host, port, listening = _address(folder)
    settings = [f"{name}={value}" for name, value in {**_SETTINGS, **_by_major(folder), **listening}.items()]
    arguments = [part for setting in settings for part in ("-c", setting)]
    with watched(folder) as watchdog, (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries.program("postgres"), "-D", str(folder / "data"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for us: we stop the server
            **_as_user(binaries),
        )
        try:
            watchdog.guard(server.pid)
            (folder / SERVER_PID).write_text(str(server.pid))
            yield _connected(server, binaries, folder, host, port)
        finally:
            stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """At once: nothing in the data is worth a checkpoint."""
    if server.poll() is None:
        if sys.platform == "win32":
            server.kill()
        else:
            import signal

            server.send_signal(signal.SIGQUIT)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _address(folder: Path) -> tuple[str, int, Mapping[str, str]]:
    """A socket in the run's folder, which only its owner may enter; the loopback where there are no such sockets."""
    if hasattr(socket, "AF_UNIX") and os.name == "posix":
        return str(folder), 5432, {"listen_addresses": "", "unix_socket_directories": str(folder), "port": "5432"}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return "127.0.0.1", port, {"listen_addresses": "127.0.0.1", "port": str(port)}


def _major(folder: Path) -> int:
    return int((folder / "data" / "PG_VERSION").read_text())


def _by_major(folder: Path) -> Mapping[str, str]:
    """From 18 on, our stand-ins for extensions can be found beside the server's own."""
    if _major(folder) < 18:
        return {}
    return {"io_method": "sync", "extension_control_path": f"$system:{folder / 'extensions'}"}


def _connected(
    server: subprocess.Popen[bytes], binaries: Binaries, folder: Path, host: str, port: int
) -> ScratchServer:
    """Asks until the server answers: quicker than ``pg_ctl``, which looks every 100 ms."""
    deadline = time.monotonic() + _START_TIMEOUT_S
    while server.poll() is None and time.monotonic() < deadline:
        if sys.platform == "win32" or (folder / f".s.PGSQL.{port}").exists():
            try:
                with psycopg.connect(host=host, port=port, user=_SUPERUSER, dbname="postgres") as connection:
                    version = connection.info.server_version
            except psycopg.OperationalError:
                pass
            else:
                return ScratchServer(
                    host=host,
                    port=port,
                    user=_SUPERUSER,
                    maintenance="postgres",
                    server_version=version,
                )
        time.sleep(_POLL_S)
    raise _not_started(binaries, "PostgreSQL did not start", (folder / "log").read_text(errors="replace"))


def _not_started(binaries: Binaries, what: str, output: str) -> Unreadable:
    tail = "; ".join(line.strip() for line in output.strip().splitlines()[-3:])
    return Unreadable(
        Problem(
            rule=Rule.SERVER_UNREACHABLE,
            message=f"{what} from {binaries.folder}: {tail or 'it said nothing'}",
            place="[replay]",
            consequence="The migrations cannot be replayed for real, and queries cannot be prepared.",
            help="Give `[replay]` a server (`url`) or a folder of PostgreSQL programs (`binaries`) that works here.",
        )
    )
