"""What the OpenSLO v1 files of public checkouts become, each file alone and with all those of its checkout.

    python tests/corpus/openslo.py CHECKOUT... [--stated] [--quiet]

Fetches nothing. Each YAML or JSON file with a document of ``openslo/v1`` is read from a repository of its own that
holds nothing else but settings and a source of events, as ``pytest --errorbudget`` reads it. Prints every fault and
every warning with its place, and what an SLO says that is computed, or that is read and whose numbers are in another
system. ``--stated`` says in the settings how events count each of these, and so computes them.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.openslo import OpenSlo, read_openslo
from pytest_errorbudget.readers.settings.read import read_settings
from pytest_errorbudget.readers.slos.stated_indicators import StatedIndicator
from pytest_errorbudget.readers.yaml_places import YamlSyntaxError, yaml_documents

_VERSION = re.compile(r"openslo(?:\.com|\.io)?/v1(?:\.0)?")
_WRITTEN = re.compile(r"^apiVersion: openslo/v1$", re.MULTILINE)
_SPAN = Span("errorbudget.toml", 1)
_ENDINGS = {".yaml", ".yml", ".json"}
_SETTINGS = """\
slos = ["slo/*"]

[[events]]
name = "requests"
source = { parquet = "events/*.parquet" }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    path: str
    documents: int
    read: OpenSlo

    @property
    def verdict(self) -> str:
        if self.read.problems:
            return "refused"
        return "warnings" if self.read.oddities else "clean"


def outcomes(checkout: Path, is_stated: bool) -> Iterator[Outcome]:
    for file in sorted(path for path in checkout.rglob("*") if path.suffix in _ENDINGS and path.is_file()):
        text = file.read_text(errors="replace")
        if _is_openslo(file.name, text):
            yield _outcome(file, file.relative_to(checkout).as_posix(), text, is_stated)


def _is_openslo(path: str, text: str) -> bool:
    """Whether one of its documents is; where the file cannot be parsed, whether it looks so."""
    try:
        versions = [version for one in yaml_documents(path, text) if (version := one.get("apiVersion")) is not None]
    except YamlSyntaxError:
        return _WRITTEN.search(text) is not None
    return any(_VERSION.fullmatch(version.text or "") for version in versions)


def _outcome(file: Path, path: str, text: str, is_stated: bool) -> Outcome:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "slo").mkdir()
        shutil.copy(file, root / "slo" / file.name)
        globs = {"slo/*": _SPAN}
        read = read_openslo(root, globs)
        if is_stated:
            read = read_openslo(root, globs, _stated(read))
        (root / "errorbudget.toml").write_text(_SETTINGS)
        _, problems = read_settings(root, "errorbudget.toml", {})
        assert is_stated or set(read.problems) <= set(problems), "the settings drop a problem of the files"
    try:
        documents = len(yaml_documents(path, text))
    except YamlSyntaxError:
        documents = 0
    return Outcome(path=path, documents=documents, read=read)


def _stated(read: OpenSlo) -> dict[str, StatedIndicator]:
    return {
        one.indicator: StatedIndicator(
            events="requests",
            good=None if one.measure.is_threshold else "status < 500",
            value="latency_ms" if one.measure.is_threshold else None,
            where=None,
            span=_SPAN,
            good_at=_SPAN,
            where_at=_SPAN,
        )
        for one in read.not_computed
    }


def _show(outcome: Outcome, is_quiet: bool) -> None:
    read = outcome.read
    write = sys.stdout.write
    write(
        f"| {outcome.path} | {outcome.documents} | {len(read.written)} | {len(read.not_computed)} "
        f"| {len(read.oddities)} | {len(read.problems)} | {outcome.verdict} |\n"
    )
    if is_quiet:
        return
    for slo in read.slos:
        write(f"    computed {slo.name}: {slo.objective}, {slo.sli.good}, {slo.budgeting}, {slo.period}\n")
    for one in read.not_computed:
        write(
            f"    read {one.name}: {one.objective}, {one.budgeting}, {one.period}, {len(one.conditions)} conditions\n"
        )
    for odd in sorted(read.oddities, key=lambda one: one.span or _SPAN):
        write(f"    warning {odd.span}: {odd.reason}\n")
    for problem in sorted(read.problems, key=lambda one: one.span or _SPAN):
        write(f"    error {problem}\n".replace("\n  ", "\n        "))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path, nargs="+")
    parser.add_argument("--stated", action="store_true", help="say in the settings how events count each indicator")
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    options = parser.parse_args()
    totals: Counter[str] = Counter()
    for checkout in options.checkout:
        sys.stdout.write(f"\n{checkout.name}\n\n| file | documents | computed | read | warnings | errors | |\n")
        sys.stdout.write("|---|---|---|---|---|---|---|\n")
        for outcome in outcomes(checkout, options.stated):
            _show(outcome, options.quiet)
            read = outcome.read
            totals.update({"files": 1, "documents": outcome.documents, outcome.verdict: 1})
            totals.update({"computed": len(read.written), "read": len(read.not_computed)})
            totals.update({"warnings in all": len(read.oddities), "errors in all": len(read.problems)})
    sys.stdout.write("\n" + ", ".join(f"{name} {count}" for name, count in totals.items()) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
