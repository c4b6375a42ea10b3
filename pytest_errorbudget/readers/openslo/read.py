"""OpenSLO v1 files (https://github.com/OpenSLO/OpenSLO) as SLOs.

Read leniently: what is odd but clear is read and named (``oddities``); what cannot be honoured is a problem with its
file, line and column, never ignored. Our predicate stands in OpenSLO's free-form ``metricSource``::

    metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}

``good.where`` (or ``bad.where``) is the predicate, ``total.where`` says which events are valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.openslo.document import NotCountable, Refused, Registry
from pytest_errorbudget.readers.openslo.slo import slos_of
from pytest_errorbudget.readers.yaml_places import Place, YamlSyntaxError, yaml_documents

_API_VERSION = "openslo/v1"
_NEAR_VERSIONS = frozenset({"openslo.com/v1", "openslo/v1.0", "openslo.io/v1"})
_KINDS = frozenset(
    {"SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSlo:
    """What the files hold. ``oddities`` were read in spite of what the specification says."""

    slos: tuple[Slo, ...]
    problems: tuple[Problem, ...]
    oddities: tuple[Unchecked, ...]


@dataclass
class _Reading:
    problems: list[Problem] = field(default_factory=list)
    oddities: list[Unchecked] = field(default_factory=list)

    def problem(self, span: Span, message: str, help: str = "", place: str = "") -> None:
        consequence = "The SLO is not computed, and no other check runs until the settings can be read."
        self.problems.append(
            Problem(
                rule=Rule.SETTINGS_INVALID,
                message=message,
                place=place or span.path,
                span=span,
                consequence=consequence,
                help=help,
            )
        )

    def odd(self, span: Span, reason: str) -> None:
        self.oddities.append(Unchecked("openslo", f"{span.path}:{span.line}", reason, span))


def read_openslo(root: Path, globs: Sequence[str]) -> OpenSlo:
    """The SLOs of the files that ``globs`` match below ``root``, in the order of files, and what could not be read."""
    reading = _Reading()
    documents = [document for path in _files(root, globs, reading) for document in _documents(root, path, reading)]
    known = [document for document in documents if _is_openslo(document, reading)]
    registry = _registry(known)
    slos = tuple(slo for document in known for slo in _slos(document, registry, reading))
    return OpenSlo(slos=slos, problems=tuple(reading.problems), oddities=tuple(reading.oddities))


def _files(root: Path, globs: Sequence[str], reading: _Reading) -> tuple[str, ...]:
    found: set[str] = set()
    for glob in globs:
        matched = {path.relative_to(root).as_posix() for path in root.glob(glob) if path.is_file()}
        if not matched:
            span = Span("errorbudget.toml", 1)
            reading.problem(span, f"`slos` names `{glob}`, which matches no file", "correct the path, or leave it out")
        found |= matched
    return tuple(sorted(found))


def _documents(root: Path, path: str, reading: _Reading) -> tuple[Place, ...]:
    try:
        return yaml_documents(path, (root / path).read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reading.problem(Span(path, 1), f"`{path}` cannot be read: {error}")
    except YamlSyntaxError as error:
        reading.problem(error.span, f"not valid YAML: {error.message}")
    return ()


def _is_openslo(document: Place, reading: _Reading) -> bool:
    version = document.get("apiVersion")
    text = version.text if version is not None else None
    if version is not None and text in _NEAR_VERSIONS:
        reading.odd(version.span, f"`apiVersion: {text}` is read as `{_API_VERSION}`")
    elif (
        version is not None
        and text is not None
        and text.startswith(("openslo/", "openslo.com/"))
        and (text != _API_VERSION)
    ):
        reading.problem(version.span, f"`apiVersion: {text}` is not supported", f"convert the file to `{_API_VERSION}`")
        return False
    elif text != _API_VERSION:
        reading.odd(document.span, f"not an OpenSLO document: its `apiVersion` is not `{_API_VERSION}`")
        return False
    return _is_known_kind(document, reading)


def _is_known_kind(document: Place, reading: _Reading) -> bool:
    kind = document.get("kind")
    text = None if kind is None else kind.text
    if text in _KINDS:
        return True
    span = document.span if kind is None else kind.span
    reading.problem(span, f"`kind: {text}` is no kind of OpenSLO v1", f"its kinds are {', '.join(sorted(_KINDS))}")
    return False


def _registry(documents: Sequence[Place]) -> Registry:
    found: dict[tuple[str, str], Place] = {}
    for document in documents:
        name, kind = document.get("metadata", "name"), document.get("kind")
        if kind is not None and kind.text and name is not None and name.text:
            found.setdefault((kind.text, name.text), document)
    return found


def _slos(document: Place, registry: Registry, reading: _Reading) -> tuple[Slo, ...]:
    kind = document.get("kind")
    if kind is None or kind.text != "SLO":
        return ()
    try:
        return slos_of(document, registry, reading.odd)
    except NotCountable as foreign:
        reading.odd(foreign.span, foreign.message)
    except Refused as refused:
        reading.problem(refused.span, refused.message, refused.help, refused.name)
    return ()
