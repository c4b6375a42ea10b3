"""What was counted in files, kept between runs: whole, under all that it was counted from.

Each slice is kept by itself too (``readers.events.kept``), so that a run after one new hour reads no more than that
hour. A run after nothing new finds the whole here, reads no file and imports no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EventFormat, EventSource
from pytest_errorbudget.pipeline.codec import decode_counts, encode_counts
from pytest_errorbudget.readers.events.kept import Kept
from pytest_errorbudget.readers.events.paths import files_of
from pytest_errorbudget.readers.result_cache import ResultCache, own_code

Counted = tuple[Counts | None, tuple[Problem, ...]]

ENTRIES = 8
_FILES = frozenset({EventFormat.PARQUET, EventFormat.CSV, EventFormat.NDJSON})


def kept_counts(
    cache: ResultCache,
    digests: Kept,
    root: Path,
    sources: Sequence[EventSource],
    asked: tuple[object, ...],
    count: Callable[[], Counted],
) -> Counted:
    """``count``'s answer to ``asked``; without asking it where the same was asked of the same files before.

    What a table holds is known by reading it alone, so that only sources of files are kept, and only what was counted
    without a problem and alike in every way.
    """
    key = _key(digests, root, sources, asked)
    known = None if key is None else cache.read(key)
    if known is not None:
        return decode_counts(known), ()
    counts, problems = count()
    if key is None or counts is None or problems or not _agreed(counts):
        return counts, problems
    if key == _key(digests, root, sources, asked):  # no file was written to meanwhile
        cache.write(key, encode_counts(counts))
    return counts, problems


def _key(digests: Kept, root: Path, sources: Sequence[EventSource], asked: tuple[object, ...]) -> str | None:
    """Names all that the counts depend on; ``None`` where that cannot be known without counting."""
    if any(source.format not in _FILES for source in sources):
        return None
    try:
        contents = tuple((source, _contents(digests, root, source)) for source in sources)
    except (OSError, Unreadable):
        return None
    return sha256(("counts", own_code(), version("duckdb"), version("sqlglot"), asked, contents))


def _contents(digests: Kept, root: Path, source: EventSource) -> tuple[tuple[str, str], ...]:
    """Paths count too: a partition's column can be written in them."""
    return tuple((path, digests.digest(path)) for path in files_of(root, source))


def _agreed(counts: Counts) -> bool:
    return not counts.race_conditions and all(way.equal == way.windows for way in counts.recounts)
