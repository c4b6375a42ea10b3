"""What tools put into a team's SQL, as PostgreSQL takes it: variables as numbered parameters, macros written out.

Known are Grafana (``$__timeFilter(at)``, ``$tenant``, ``${tenant:sqlstring}``, ``[[tenant]]``), psql (``:name``,
``:'name'``, ``\\set``), drivers (``?``, ``:name``, ``@name``, ``#{name}``, ``%(name)s``, ``%s``) and templates of
Metabase, Redash, Jinja and dbt (``{{ name }}``, ``[[ and … ]]``, ``{{ ref('model') }}``). A macro's range is the
dashboard's: ``[from, to)``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_FROM, _TO = "$__timeFrom()", "$__timeTo()"
_EPOCH_FROM, _EPOCH_TO = "$__unixEpochFrom()", "$__unixEpochTo()"
_WINDOW = "'5 minutes'"

_VARIABLE = r"\$\{\w+(?::\w+)?\}|\$(?!__)[A-Za-z_]\w*|\[\[\w+(?::\w+)?\]\]|\{\{[^{}]*\}\}"
_TOKEN = re.compile(
    rf"""
    (?P<comment>--[^\n]*|/\*.*?\*/)
  | (?P<meta>^[ \t]*\\[^\n]*)
  | (?P<dollar>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
  | (?P<escaped>(?<!\w)[eE]'(?:[^'\\]|''|\\.)*')
  | (?P<string>'(?:[^']|'')*')
  | (?P<remark>\{{\#.*?\#\}}|\{{\{{\s*config\(.*?\)\s*\}}\}})
  | \{{\{{\s*(?:ref|source)\((?:\s*['"]\w+['"]\s*,)?\s*['"](?P<model>\w+)['"]\s*\)\s*\}}\}}
  | (?P<quoted>"[^"]*")
  | \$__(?P<macro>\w+)(?P<call>\((?P<arguments>(?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\))?
  | (?P<optional>\[\[(?=[^\]]*(?:\{{\{{|\s)))
  | (?P<shut>\]\](?!\w))
  | (?P<text>{_VARIABLE})
  | (?P<psql>(?<![:\w\]]):'\w+')
  | (?P<named>(?<![:\w\])"']):[A-Za-z_]\w*(?!\w*\])|(?<![\w@<~?&|*])@[A-Za-z_]\w*
       |\#\{{\w+\}}|%\(\w+\)s|(?<=[\s(,=])%s\b)
  | (?P<number>\$\d+)
  | (?P<mark>\?(?![|&?]))
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_STRINGS_VARIABLE = re.compile(_VARIABLE)
_ZOOM = re.compile(r"\$__(?:rate_)?interval\b|\$\{__(?:rate_)?interval\}|\$\{?interval\b\}?")
_AFTER_INTERVAL = re.compile(r"\binterval\s*$", re.IGNORECASE)
_BEFORE_A_VALUE = re.compile(
    r"(?:[(,=<>+\-*/%|]|\b(?:and|or|not|in|like|ilike|between|then|else|when|limit|offset|interval|select|where|by|any))"
    r"\s*$",
    re.IGNORECASE,
)
_WIDTH = re.compile(r"'?(\d+)\s*(ms|s|m|h|d|w)'?")
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """``parameters`` are what the team writes for ``$1``, ``$2`` …; a ``?`` is itself. ``zoomed`` are the widths that a
    dashboard chooses, as (place in the file, text).

    ``edits`` are (start, end, start in the file, end there) of what was replaced, in order.
    """

    text: str
    parameters: tuple[str, ...]
    zoomed: tuple[tuple[int, str], ...]
    edits: tuple[tuple[int, int, int, int], ...]

    def offset(self, place: int) -> int:
        """Where in the team's text that place is; inside of what was replaced, where that begins."""
        index = bisect_right(self.edits, (place, len(self.text) + 1)) - 1
        if index < 0:
            return place
        _, end, start_before, end_before = self.edits[index]
        return start_before if place < end else place - end + end_before


def plain(text: str) -> Plain:
    """Raises ``ValueError`` with the reason where the text is a program that makes SQL."""
    if "{%" in text:
        raise ValueError("a template makes its SQL (`{% … %}`)")
    return _Writer(text, _first_free(text)).written()


def _first_free(text: str) -> int:
    numbers = (found["number"] for found in _TOKEN.finditer(text))
    return max((int(number[1:]) for number in numbers if number is not None), default=0) + 1


@dataclass(slots=True)
class _Writer:
    source: str
    first: int
    out: list[str] = field(default_factory=list)
    edits: list[tuple[int, int, int, int]] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    zoomed: list[tuple[int, str]] = field(default_factory=list)
    marks: int = 0
    length: int = 0

    def written(self) -> Plain:
        end = 0
        for match in _TOKEN.finditer(self.source):
            new = self._new(match)
            if new is None:
                continue
            self._copy(self.source[end : match.start()])
            self.edits.append((self.length, self.length + len(new), match.start(), match.end()))
            self._copy(new)
            end = match.end()
        self._copy(self.source[end:])
        numbered = {number: name for name, number in self.known.items()}
        count = max((*numbered, self.first - 1), default=0)
        parameters = tuple(_named(numbered.get(number, f"${number}")) for number in range(1, count + 1))
        return Plain(text="".join(self.out), parameters=parameters, zoomed=tuple(self.zoomed), edits=tuple(self.edits))

    def _copy(self, part: str) -> None:
        self.out.append(part)
        self.length += len(part)

    def _new(self, match: re.Match[str]) -> str | None:
        """What stands in its place; ``None`` for what stays."""
        kind = "macro" if match["macro"] is not None else "model" if match["model"] is not None else match.lastgroup
        whole = match[0]
        if kind in {"string", "macro", "text"} and _ZOOM.search(whole):
            self.zoomed.append((match.start(), whole))
        match kind:
            case "meta" | "remark":
                return re.sub(r"[^\n]", " ", whole)
            case "model":
                return match["model"]
            case "string":
                return self._string(whole, match.start())
            case "macro":
                return self._macro(match["macro"], _arguments(match["arguments"] or ""), whole)
            case "optional" | "shut":
                return "  "
            case "text" | "psql" | "named":
                return _WINDOW if _ZOOM.search(whole) else self._variable(whole)
            case "mark":
                return self._mark(match)
            case _:
                return None

    def _string(self, whole: str, start: int) -> str | None:
        if _ZOOM.search(whole):
            return _WINDOW
        if not _STRINGS_VARIABLE.search(whole):
            return None
        if _AFTER_INTERVAL.search(self.source, max(0, start - 20), start):  # which takes no parameter
            return _WINDOW if _STRINGS_VARIABLE.fullmatch(whole[1:-1]) else _STRINGS_VARIABLE.sub("1", whole)
        return self._parameter(whole)

    def _mark(self, match: re.Match[str]) -> str | None:
        """``?`` behind a value is an operator of jsonb."""
        if _BEFORE_A_VALUE.search(self.source, max(0, match.start() - 20), match.start()) is None:
            return None
        self.marks += 1
        return self._parameter(f"?{self.marks}")

    def _variable(self, whole: str) -> str:
        """Each ``%s`` is a parameter of its own."""
        self.marks += whole == "%s"
        return self._parameter(f"%{self.marks}s" if whole == "%s" else whole)

    def _parameter(self, written: str) -> str:
        return f"${self.known.setdefault(written, self.first + len(self.known))}"

    def _macro(self, name: str, arguments: list[str], whole: str) -> str:
        first = arguments[0] if arguments else ""
        range_ = _RANGES.get(name)
        if range_ is not None:
            return f"({first} >= {self._parameter(range_[0])} AND {first} < {self._parameter(range_[1])})"
        if name in _MOMENTS:
            return self._parameter(_MOMENTS[name])
        if name in _WRITTEN_OUT and first:
            return _WRITTEN_OUT[name](arguments)
        return _WINDOW if name in {"interval", "rate_interval"} else self._parameter(whole)


def _named(written: str) -> str:
    return re.sub(r"^([?%])\d+", r"\1", written)


def _arguments(text: str) -> list[str]:
    """Split at the commas that are in no parentheses."""
    found, depth = [""], 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [part.strip() for part in found if part.strip()]


def _group(arguments: list[str]) -> str:
    width = arguments[1] if len(arguments) > 1 else ""
    known = _WIDTH.fullmatch(width)
    written = _WINDOW if known is None else f"'{known[1]} {_UNITS[known[2]]}'"
    return f"date_bin({written}, {arguments[0]}, timestamptz '1970-01-01 00:00:00Z')"


_RANGES: Mapping[str, tuple[str, str]] = {
    "timeFilter": (_FROM, _TO),
    "unixEpochFilter": (_EPOCH_FROM, _EPOCH_TO),
    "unixEpochNanoFilter": ("$__unixEpochNanoFrom()", "$__unixEpochNanoTo()"),
}
_MOMENTS = {
    "timeFrom": _FROM,
    "timeTo": _TO,
    "unixEpochFrom": _EPOCH_FROM,
    "unixEpochTo": _EPOCH_TO,
}
_WRITTEN_OUT: Mapping[str, Callable[[list[str]], str]] = {
    "time": lambda arguments: f'{arguments[0]} AS "time"',
    "timeEpoch": lambda arguments: f'extract(epoch from {arguments[0]}) AS "time"',
    "timeGroup": _group,
    "timeGroupAlias": lambda arguments: f'{_group(arguments)} AS "time"',
    "unixEpochGroup": lambda arguments: f"floor({arguments[0]} / 300) * 300",
    "unixEpochGroupAlias": lambda arguments: f'floor({arguments[0]} / 300) * 300 AS "time"',
}
