"""Ctrl-C ends a run at once, and nothing is left: no server, no folder, no half-written file."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from shop import SETTINGS, Shop

from pytest_errorbudget.readers.scratch.places import RUN_PREFIX, run_roots

WAIT_S = 60.0
ENDLESS = "import time\n\ndef test_endless(errorbudget_run):\n    print('ready', flush=True)\n    time.sleep(120)\n"


def folders() -> set[Path]:
    return {folder for root in run_roots() for folder in root.glob(f"{RUN_PREFIX}*")}


def interrupted(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(WAIT_S)
    finally:
        process.kill()


def started(shop: Shop, *arguments: str) -> subprocess.Popen[str]:
    shop.write("errorbudget.toml", SETTINGS.replace('[replay]\nurl = "env:SHOP_REPLAY_URL"\n', ""))
    command = [sys.executable, "-m", "pytest", "--errorbudget", *arguments]
    return subprocess.Popen(command, cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def gone(folder: Path) -> bool:
    """Whether a server's folder goes; where the signal met its very start, a process of its own sees to that."""
    deadline = time.monotonic() + WAIT_S
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not folder.exists()


def wait_for(process: subprocess.Popen[str]) -> Path | None:
    """The folder of the process's own server, as soon as it is there."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        # Processes that start the server come and go meanwhile.
        with suppress(psutil.NoSuchProcess):
            commands = [" ".join(child.cmdline()) for child in psutil.Process(process.pid).children(recursive=True)]
            for folder in folders():
                if any(str(folder) in command for command in commands):
                    return folder
        time.sleep(0.005)
    return None


def test_while_the_server_runs(running_shop: Shop) -> None:
    # Migrations that take long enough to be interrupted.
    running_shop.write("migrations/0003_slow.sql", "select pg_sleep(120);\n")
    process = started(running_shop)
    with process:
        folder = wait_for(process)
        assert folder is not None
        assert interrupted(process) == pytest.ExitCode.INTERRUPTED
    assert gone(folder)
    assert [path.name for path in (running_shop.root / ".errorbudget").glob("*")] == []


def test_while_workers_run(running_shop: Shop) -> None:
    running_shop.write("migrations/0003_slow.sql", "select pg_sleep(120);\n")
    process = started(running_shop, "-n2")
    with process:
        folder = wait_for(process)
        assert folder is not None
        # A terminal sends the signal to all of its processes.
        for child in psutil.Process(process.pid).children():
            with suppress(psutil.NoSuchProcess):
                child.send_signal(signal.SIGINT)
        assert interrupted(process) == pytest.ExitCode.INTERRUPTED
    assert gone(folder)
    assert list((running_shop.root / ".errorbudget").glob("run-*")) == []


def test_after_the_run(running_shop: Shop) -> None:
    running_shop.write("test_endless.py", ENDLESS)
    process = started(running_shop, "-s", "test_endless.py")
    with process:
        assert process.stdout is not None
        assert any("ready" in line for line in iter(process.stdout.readline, ""))
        assert interrupted(process) == pytest.ExitCode.INTERRUPTED
    assert (running_shop.root / ".errorbudget/execution-log.json").is_file()
