"""The queries that the reader finds in a checkout, beside those that a plain text search finds.

    python tests/corpus/queries_found.py CHECKOUT ... [--missing]

Fetches nothing. Two comparisons: every call of a query macro or function of sqlx that a search over the text of the
sources finds (test code, comments and files outside of every package aside) is to be a query of the reader at its
line; and every text of `.sqlx/query-*.json` that stands in the sources is to be the text of one.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.problem import Unreadable
from pytest_errorbudget.readers.rust import read_contracts

_NEVER = frozenset({".git", "target", "node_modules", "vendor"})
_CALL = re.compile(
    r"\b(?:sqlx::)?query(?:_file)?(?:_as|_scalar)?(?:_unchecked)?!\s*[({\[]"
    r"|\bsqlx::(?:query(?:_as|_scalar)?(?:_with)?|raw_sql)(?:::<[^;{}()]*(?:\([^()]*\))?[^;{}()]*>)?\s*\("
)
_COMMENT = re.compile(r'r(#+)".*?"\1|r?"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TESTS = re.compile(r"#\[cfg\((?:test|all\(test\b[^\]]*)\)\]\s*(?:pub(?:\([a-z]+\))? )?mod \w+ \{")
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Count:
    """Counts of one checkout; ``missing`` are (place, text of the line)."""

    name: str
    calls: int = 0
    found: int = 0
    records: int = 0
    written: int = 0
    read: int = 0
    queries: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    missing: list[tuple[str, str]] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkouts", nargs="+", type=Path)
    parser.add_argument("--missing", action="store_true", help="list what was not found")
    options = parser.parse_args(arguments)
    sys.stdout.write("| checkout | calls in the text | found | .sqlx texts in the sources | found |")
    sys.stdout.write(" queries | unchecked |\n|---|---|---|---|---|---|---|\n")
    total = Count("all")
    for checkout in options.checkouts:
        count = measured(checkout)
        _write(_line(count))
        for name in ("calls", "found", "records", "written", "read", "queries"):
            setattr(total, name, getattr(total, name) + getattr(count, name))
        total.reasons.update(count.reasons)
        if options.missing:
            for place, line in count.missing:
                _write(f"    {place}: {line}")
    _write(_line(total))
    for reason, number in total.reasons.most_common():
        _write(f"{number:6} {reason}")
    return 0


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _line(count: Count) -> str:
    unchecked = sum(count.reasons.values())
    shares = [_share(count.found, count.calls), _share(count.read, count.written)]
    return (
        f"| {count.name} | {count.calls} | {count.found} ({shares[0]}) | {count.written} of {count.records} |"
        f" {count.read} ({shares[1]}) | {count.queries} | {unchecked} |"
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def measured(checkout: Path) -> Count:
    count = Count(checkout.name)
    contracts = [found for manifest in _workspaces(checkout) if (found := _read(checkout, manifest)) is not None]
    files = {path for found in contracts for crate in found.crates for path in crate.files}
    unread = {unread.span.path for found in contracts for unread in found.unread}
    spans = {(query.path, query.span) for found in contracts for query in found.queries}
    queries = {query for found in contracts for query in found.queries}
    count.queries = len({(query.path, query.span, query.sql) for query in queries})
    count.reasons.update(query.unchecked for query in queries if query.unchecked)
    texts = {_plain(query.sql) for query in queries if query.sql is not None}
    lines = {(path, line) for path, span in spans for line in range(span.line, (span.end_line or span.line) + 1)}
    sources = {path: _built((checkout / path).read_text(encoding="utf-8")) for path in sorted(files - unread)}
    for path, text in sources.items():
        for line, code in _calls(text):
            count.calls += 1
            if (path, line) in lines:
                count.found += 1
            else:
                count.missing.append((f"{path}:{line}", code.strip()))
    everything = _plain(" ".join(_unescaped(text) for text in sources.values()))
    for text in sorted(_records(checkout)):
        count.records += 1
        # What stands inside of a longer query need not be one of its own.
        if text in everything and (text in texts or not any(text in other for other in texts)):
            count.written += 1
            count.read += text in texts
            if text not in texts:
                count.missing.append((".sqlx", text[:100]))
    return count


def _workspaces(checkout: Path) -> Iterator[str]:
    """Manifests that no other workspace above them may hold: those with ``[workspace]``, else every package."""
    manifests = sorted(_walk(checkout, "Cargo.toml"), key=lambda path: len(path.parts))
    tops: list[Path] = []
    for manifest in manifests:
        text = manifest.read_text(encoding="utf-8")
        inside = any(manifest.is_relative_to(top.parent) for top in tops)
        if not inside or "[workspace]" in text:
            tops.append(manifest)
            yield manifest.relative_to(checkout).as_posix()


def _walk(folder: Path, name: str) -> Iterator[Path]:
    for child in sorted(folder.iterdir()):
        if child.is_dir() and not child.is_symlink() and child.name not in _NEVER:
            yield from _walk(child, name)
        elif child.name == name:
            yield child


def _read(checkout: Path, manifest: str) -> Contracts | None:
    try:
        return read_contracts(checkout, manifest)[0]
    except Unreadable:
        return None


def _calls(code: str) -> Iterator[tuple[int, str]]:
    """(line, text of the line) of every call, in the order of the source."""
    lines = code.split("\n")
    for match in _CALL.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        yield line, lines[line - 1]


def _built(text: str) -> str:
    """The text without what is no part of a build: comments and test modules, with the same lines."""
    code = _COMMENT.sub(_blank, text)
    for start, end in _tests(code):
        code = code[:start] + re.sub(r"[^\n]", " ", code[start:end]) + code[end:]
    return code


def _blank(match: re.Match[str]) -> str:
    """Comments as blanks; texts, which may hold the signs of one, as they are."""
    found = match.group()
    return re.sub(r"[^\n]", " ", found) if found.startswith("/") else found


def _tests(code: str) -> Iterator[tuple[int, int]]:
    """Where modules for tests begin and end."""
    for match in _TESTS.finditer(code):
        depth, at = 1, match.end()
        while depth and at < len(code):
            depth += {"{": 1, "}": -1}.get(code[at], 0)
            at += 1
        yield match.start(), at


def _records(checkout: Path) -> set[str]:
    found: set[str] = set()
    for folder in (path for path in checkout.rglob(".sqlx") if path.is_dir()):
        for file in folder.glob("query-*.json"):
            record = json.loads(file.read_text(encoding="utf-8"))
            if record.get("db_name") == "PostgreSQL":
                found.add(_plain(record["query"]))
    return found


def _unescaped(text: str) -> str:
    """Literals as rustc reads them, as far as a search needs it."""
    return re.sub(r"\\\n\s*", "", text).replace('\\"', '"').replace("\\n", " ").replace("\\t", " ")


def _plain(sql: str) -> str:
    return _SPACE.sub(" ", sql).strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
