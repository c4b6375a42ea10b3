"""OpenSLO v1 files (https://github.com/OpenSLO/OpenSLO) as SLOs.

Read leniently: what is odd but clear is read and named (``oddities``); what cannot be honoured is a problem with its
file, line, column and field, never ignored. Our predicate stands in OpenSLO's free-form ``metricSource``::

    metricSource: {type: errorbudget, spec: {events: requests, where: "status < 500"}}

``good.where`` (or ``bad.where``) is the predicate, ``total.where`` says which events are valid. An indicator of another
system is counted as the settings state it, and else read and not computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pytest_errorbudget.model.problem import Problem, Unchecked
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.globs import GlobError, files_of
from pytest_errorbudget.readers.openslo.document import Document
from pytest_errorbudget.readers.openslo.library import library_of, tell_unused
from pytest_errorbudget.readers.openslo.not_computed import NotComputed
from pytest_errorbudget.readers.openslo.reading import Reading
from pytest_errorbudget.readers.openslo.shape import SHAPES, check_shape
from pytest_errorbudget.readers.openslo.slo import slos_of
from pytest_errorbudget.readers.slos.stated_indicators import StatedIndicator
from pytest_errorbudget.readers.slos.written import WrittenSlo
from pytest_errorbudget.readers.text_files import TextError, read_text
from pytest_errorbudget.readers.yaml_places import Place, YamlSyntaxError, yaml_documents

_API_VERSION = "openslo/v1"
_YAML = "indent with spaces, each level alike, and quote a text that holds `: `, ` #` or begins with a sign"
_TEMPLATE = "a template is not read: name the files that are made of it"
_MARKS = re.compile(r"\{\{|\{%|<%")
_OTHER_VERSIONS = {
    "v1alpha": "; there `timeWindows` is `timeWindow: [{duration: 28d, isRolling: true}]`, and `ratioMetrics` of an "
    "objective is `indicator: {spec: {ratioMetric: …}}` of the SLO",
    "v2alpha": "; there `serviceRef` is `service`, `sli` and `sliRef` are `indicator` and `indicatorRef`, and "
    "`dataSourceRef` is `metricSource: {metricSourceRef: …}`",
}
_NEAR_VERSIONS = frozenset({"openslo.com/v1", "openslo/v1.0", "openslo.io/v1"})
_SAY_NOTHING = frozenset({"Service", "AlertNotificationTarget"})
"""Kinds from which nothing is computed."""
_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSlo:
    """What the files hold. ``not_computed`` are read in full, and their numbers are in another system (which is among
    the ``oddities`` too: what was read in spite of what the specification says, or is left out)."""

    written: tuple[WrittenSlo, ...]
    problems: tuple[Problem, ...]
    oddities: tuple[Unchecked, ...]
    not_computed: tuple[NotComputed, ...] = ()

    @property
    def slos(self) -> tuple[Slo, ...]:
        return tuple(one.slo for one in self.written)


def read_openslo(
    root: Path,
    globs: Mapping[str, Span],
    stated: Mapping[str, StatedIndicator] = MappingProxyType({}),
) -> OpenSlo:
    """The SLOs of the files that ``globs`` match below ``root``, in the order of files, and what could not be read.

    Each glob comes with its place in the settings. ``stated`` are their indicators by name.
    """
    reading = Reading()
    places = [place for path in _files(root, globs, reading) for place in _places(root, path, reading)]
    documents = tuple(_distinct([one for place in places if (one := _document(place, reading)) is not None]))
    for document in documents:
        check_shape(document, document.root, SHAPES[document.kind])
    library = library_of(documents, stated)
    found = [one for document in documents if document.kind == "SLO" for one in slos_of(document, library)]
    tell_unused(documents, library)
    _tell_unused_statements(stated, library.used, reading)
    return OpenSlo(
        written=tuple(one for one in found if isinstance(one, WrittenSlo)),
        problems=tuple(reading.problems),
        oddities=tuple(reading.oddities),
        not_computed=tuple(one for one in found if isinstance(one, NotComputed)),
    )


def _files(root: Path, globs: Mapping[str, Span], reading: Reading) -> tuple[str, ...]:
    found: set[str] = set()
    for glob, span in globs.items():
        try:
            matched = files_of(root, glob)
        except GlobError as error:
            reading.problem(span, f"`slos` names `{glob}`, {error}", "write a path below the folder of the settings")
            continue
        if not matched:
            reading.problem(span, f"`slos` names `{glob}`, which matches no file", "correct the path, or leave it out")
        found |= set(matched)
    return tuple(sorted(found))


def _places(root: Path, path: str, reading: Reading) -> tuple[Place, ...]:
    text = ""
    try:
        text = read_text(root, path)
        found = yaml_documents(path, text)
        if not found:
            reading.odd(Span(path, 1), "the file holds no document")
        return found
    except TextError as error:
        reading.problem(error.span, error.message, "save it as a text file in UTF-8, or leave it out of `slos`")
    except YamlSyntaxError as error:
        reading.problem(error.span, f"not valid YAML: {error.message}", _TEMPLATE if _MARKS.search(text) else _YAML)
    return ()


def _document(place: Place, reading: Reading) -> Document | None:
    """The document with its kind and name, where it is one of OpenSLO v1."""
    if not _is_openslo(place, reading):
        return None
    written, named = place.get("kind"), place.get("metadata", "name")
    text = (written.text if written is not None else None) or ""
    kind = next((known for known in SHAPES if known.casefold() == text.casefold()), None)
    if kind is None:
        known = ", ".join(f"`{known}`" for known in sorted(SHAPES))
        message = f"`kind: {text}` is no kind of OpenSLO v1" if text else "a document without a `kind`"
        reading.problem((written or place).span, message, f"its kinds are {known}")
        return None
    if written is not None and kind != text:
        reading.odd(written.span, f"`kind: {text}` is read as `{kind}`")
    if named is None or not named.text:
        at = place.written("metadata", "name") or place
        reading.problem(at.span, f"a document of kind {kind} without a name", "give it one under `metadata.name`")
        return None
    if _NAME.fullmatch(named.text) is None:
        reading.odd(named.span, f"the {kind} `{named.text}` is not named as RFC 1123 has it (a-z, 0-9 and `-`)")
    return Document(kind, named.text, place, reading)


def _is_openslo(place: Place, reading: Reading) -> bool:
    version = place.get("apiVersion")
    text = (version.text if version is not None else None) or ""
    slip = next((key for key in place.own_keys() if (key.text or "").casefold() == "apiversion"), None)
    if version is None and slip is not None:
        reading.problem(slip.span, f"`{slip.text}` is no field of OpenSLO v1", "did you mean `apiVersion`?")
        return False
    if version is None or not text.casefold().startswith("openslo"):
        is_ = f"is `{text}` and not" if text else "is not"
        reading.odd(place.span, f"not an OpenSLO document: its `apiVersion` {is_} `{_API_VERSION}`")
        return False
    if text in _NEAR_VERSIONS:
        reading.odd(version.span, f"`apiVersion: {text}` is read as `{_API_VERSION}`")
    elif text != _API_VERSION:
        changes = _OTHER_VERSIONS.get(text.rpartition("/")[2], "")
        help = f"convert the file to `{_API_VERSION}`{changes}"
        reading.problem(version.span, f"`apiVersion: {text}` is not supported", help)
        return False
    return True


def _distinct(documents: Sequence[Document]) -> Iterator[Document]:
    """The first document of each kind and name; a further one is a problem."""
    seen: dict[tuple[str, str], Document] = {}
    for document in documents:
        first = seen.setdefault((document.kind, document.name), document)
        if first is document:
            yield document
            continue
        at = document.need(document.root, "metadata", "name")
        known = first.need(first.root, "metadata", "name")
        message = (
            f"two documents of kind {document.kind} are called `{document.name}`; the first one is at {known.span}"
        )
        if document.kind in _SAY_NOTHING:
            document.reading.odd(at.span, message)
        else:
            document.reading.problem(at.span, message, "rename one of them")


def _tell_unused_statements(
    stated: Mapping[str, StatedIndicator], used: set[tuple[str, str]], reading: Reading
) -> None:
    for name, one in stated.items():
        if ("indicator", name) not in used:
            message = f"[indicators.{name}] is no indicator of another system in the files of `slos`"
            reading.problem(one.span, message, "name an SLI, an inline indicator or an SLO, or leave it out")
