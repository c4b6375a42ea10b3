"""Our reading of a checkout's Rust beside a native program that runs syn over the same files.

    cargo build --release -p native_syn
    python benchmarks/rust.py ROOT [MANIFEST] [--rounds 9] [--threads 2]

Ours is everything: the walk along `mod`, the stack guard, parsing, names, values followed through functions, msgpack,
and the decoding into Python's values. The native program reads, parses and takes the structs out, with spans and
mimalloc, and is a process of its own. Both run in turns, and the ratios are medians of each round's.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.readers import _rust
from pytest_errorbudget.readers.workspace import read_workspace

NATIVE = Path(__file__).parent.parent / "target" / "release" / "native_syn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds."""

    wall: float
    cpu: float


def measured(run: Callable[[], object]) -> Cost:
    cpu, wall = _cpu(), time.perf_counter()
    run()
    return Cost(wall=time.perf_counter() - wall, cpu=_cpu() - cpu)


def _cpu() -> float:
    """User and system time of this process, its threads, and the children that it waited for."""
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("manifest", nargs="?", default="Cargo.toml")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    packages = read_workspace(given.root, given.manifest).packages

    def ours() -> Contracts:
        encoded, _, _ = _rust.read_contracts(given.root, packages, given.threads)
        return msgspec.msgpack.decode(encoded, type=Contracts)

    files = [given.root / path for crate in ours().crates for path in crate.files]
    listed = "\n".join(map(str, files)).encode()

    def native() -> None:
        subprocess.run([str(NATIVE), str(given.threads)], input=listed, stdout=subprocess.PIPE, check=True)

    native()
    rounds = [(measured(ours), measured(native)) for _ in range(given.rounds)]
    size = sum(path.stat().st_size for path in files)
    told = [f"{len(files)} files, {size / 1e6:.1f} MB, {given.threads} threads, {given.rounds} rounds"]
    for name, at in (("ours", 0), ("native syn", 1)):
        wall, cpu = (statistics.median(getattr(pair[at], what) for pair in rounds) for what in ("wall", "cpu"))
        told.append(f"{name:12} {wall * 1000:6.0f} ms {cpu * 1000:6.0f} ms processor {size / 1e6 / wall:6.1f} MB/s")
    for what in ("wall", "cpu"):
        ratio = statistics.median(getattr(a, what) / getattr(b, what) for a, b in rounds)
        told.append(f"ours / native, {what}: {ratio:.2f}")
    sys.stdout.write("\n".join(told) + "\n")


if __name__ == "__main__":
    main()
