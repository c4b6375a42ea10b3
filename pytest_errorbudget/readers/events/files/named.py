"""Which columns the SLOs of a source read, told from the settings alone, before any file is opened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pytest_errorbudget.model.settings import EventSource
from pytest_errorbudget.model.slo import Slo
from pytest_errorbudget.readers.events.aggregation.predicate_columns import predicate_columns_of
from pytest_errorbudget.readers.events.files.kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """``names`` by their lower case, sorted: the spelling of the settings. ``keys`` are those that are text whatever
    they look like, so that ``007`` and ``7`` are two. ``compared`` says what predicates take a column for; it decides
    where no row has a value. Keys and ``compared`` are in lower case."""

    names: Mapping[str, str]
    keys: frozenset[str]
    compared: Mapping[str, Kind]


def named(source: EventSource, slos: Sequence[Slo]) -> Named:
    columns = source.columns
    compared = {name.lower(): kind for slo in reversed(slos) for name, kind in _read(source, slo)}
    always = {columns.tenant} | ({columns.id} if source.slot_us is None else set())
    labels = {name for name in (columns.replica, columns.service) if name is not None}
    named = {columns.time, *always, *labels, *(name for slo in slos for name, _ in _read(source, slo))}
    if source.slot_us is not None:
        bad = columns.bad or "bad"
        named.add(bad)
        compared |= {bad.lower(): Kind.WHOLE, (columns.good or "good").lower(): Kind.WHOLE}
    keys = {name.lower() for name in always}
    keys |= {name.lower() for name in labels if compared.get(name.lower(), Kind.TEXT) is Kind.TEXT}
    return Named(
        names={name.lower(): name for name in sorted(named, reverse=True)}, keys=frozenset(keys), compared=compared
    )


def meant(source: EventSource) -> Mapping[str, str]:
    """What a predicate's ``good``, ``latency`` and ``status`` are called in the source."""
    columns = source.columns
    given = {"good": columns.good, "latency": columns.latency, "status": columns.status}
    return {word: name for word, name in given.items() if name}


def _read(source: EventSource, slo: Slo) -> Iterator[tuple[str, Kind]]:
    """An invalid predicate reads nothing: the question says what is wrong with it."""
    words = meant(source)
    try:
        for one in predicate_columns_of(slo):
            yield words.get(one.name, one.name), Kind(one.type.value)
    except ValueError:
        return
