"""A cursor over the words of a statement: what every rule reads with."""

from __future__ import annotations

from pytest_errorbudget.model.change_parts import Name
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.ddl.words import NAMES, NotUnderstood, Word, WordKind

# Reading is quadratic in the depth of brackets; people stay far below this.
_DEEPEST = 100
_OPEN, _CLOSE = frozenset("(["), frozenset(")]")
# Parts of a word by their place, which are found faster than by name.
_KIND, _KEY = 0, 1


class Cursor:
    """A place in a statement's words. Reading methods raise ``NotUnderstood`` and say what they wanted."""

    __slots__ = ("_at", "_places", "_size", "_words", "sql")

    def __init__(self, sql: str, items: tuple[Word, ...], places: PlacesOf) -> None:
        self.sql, self._words, self._places = sql, items, places
        self._at, self._size = 0, len(items)

    @property
    def word(self) -> Word | None:
        return self._words[self._at] if self._at < self._size else None

    @property
    def key(self) -> str:
        return self._words[self._at].key if self._at < self._size else ""

    @property
    def key_after(self) -> str:
        """The key of the word after the next."""
        return self._words[self._at + 1].key if self._at + 1 < self._size else ""

    @property
    def done(self) -> bool:
        return self._at >= self._size

    @property
    def place(self) -> int:
        """The offset at which the next word starts."""
        return self._words[self._at].start if self._at < self._size else len(self.sql)

    def copy(self) -> Cursor:
        """A cursor at the same place, to look ahead with."""
        ahead = Cursor(self.sql, self._words, self._places)
        ahead._at = self._at
        return ahead

    def peek(self, *keys: str) -> bool:
        at = self._at
        if at >= self._size or self._words[at][_KEY] != keys[0]:
            return False
        return len(keys) == 1 or tuple(word[_KEY] for word in self._words[at : at + len(keys)]) == keys

    def accept(self, *keys: str) -> bool:
        at = self._at
        if at >= self._size or self._words[at][_KEY] != keys[0]:
            return False
        if len(keys) > 1 and tuple(word[_KEY] for word in self._words[at : at + len(keys)]) != keys:
            return False
        self._at = at + len(keys)
        return True

    def expect(self, *keys: str) -> None:
        if not self.accept(*keys):
            raise NotUnderstood(f"`{' '.join(keys).upper()}` was expected {self._here()}")

    def one_of(self, *keys: str) -> str:
        """The keyword that comes next, which must be one of these."""
        key = self.key
        if key not in keys:
            raise NotUnderstood(f"{' or '.join(f'`{k.upper()}`' for k in keys)} was expected {self._here()}")
        self._at += 1
        return key

    def next(self) -> Word:
        at = self._at
        if at >= self._size:
            raise NotUnderstood("the statement ends too early")
        self._at = at + 1
        return self._words[at]

    def name(self) -> str:
        """An identifier."""
        at = self._at
        if at >= self._size or self._words[at][_KIND] not in NAMES:
            raise NotUnderstood(f"a name was expected {self._here()}")
        self._at = at + 1
        return self._words[at].value

    def qualified(self) -> Name:
        """``name``, ``schema.name`` or ``database.schema.name``."""
        schema, name = None, self.name()
        while self.accept("."):
            schema, name = name, self.name()
        return Name(schema, name)

    def string(self) -> str:
        word = self.next()
        if word.kind is not WordKind.STRING:
            raise NotUnderstood(f"a string was expected instead of `{word.value}`")
        return word.value

    def group(self) -> tuple[Word, ...]:
        """The words inside the brackets that open here, without the brackets."""
        if self.key not in _OPEN:
            raise NotUnderstood(f"`(` was expected {self._here()}")
        start, depth = self._at + 1, 0
        for at in range(self._at, self._size):
            key = self._words[at][_KEY]
            if key in _OPEN:
                depth += 1
                if depth > _DEEPEST:
                    raise NotUnderstood(f"its brackets nest more than {_DEEPEST} deep")
            elif key in _CLOSE:
                depth -= 1
                if depth == 0:
                    self._at = at + 1
                    return self._words[start:at]
        raise NotUnderstood("a bracket is never closed")

    def names(self) -> tuple[str, ...]:
        """``(a, b)``"""
        inner = self.inside(self.group())
        found = [inner.name()]
        while inner.accept(","):
            found.append(inner.name())
        return tuple(found)

    def inside(self, items: tuple[Word, ...]) -> Cursor:
        """A cursor over some of the statement's words."""
        return Cursor(self.sql, items, self._places)

    def parts(self, items: tuple[Word, ...]) -> tuple[tuple[Word, ...], ...]:
        """The words between the commas that are in no bracket."""
        found: list[tuple[Word, ...]] = []
        start = depth = 0
        for index, word in enumerate(items):
            key = word[_KEY]
            if key in _OPEN:
                depth += 1
            elif key in _CLOSE:
                depth -= 1
            elif key == "," and depth == 0:
                found.append(items[start:index])
                start = index + 1
        return (*found, items[start:]) if items else ()

    def until(self, stops: frozenset[str]) -> tuple[Word, ...]:
        """The words up to one of ``stops`` outside brackets and CASE … END, or up to the end."""
        start, at, depth = self._at, self._at, 0
        while at < self._size:
            key = self._words[at][_KEY]
            if depth == 0 and key in stops:
                break
            if key in _OPEN or key == "case":
                depth += 1
            elif key in _CLOSE or (key == "end" and depth):
                depth -= 1
            at += 1
        self._at = at
        return self._words[start:at]

    def skip_past(self, keys: frozenset[str]) -> bool:
        """Goes behind the next word of ``keys``, in brackets or not; false, and at the end, where there is none."""
        for at in range(self._at, self._size):
            if self._words[at][_KEY] in keys:
                self._at = at + 1
                return True
        self._at = self._size
        return False

    def rest(self) -> tuple[Word, ...]:
        found = self._words[self._at :]
        self._at = self._size
        return found

    def text(self, items: tuple[Word, ...]) -> str:
        """The source of some words, white space folded."""
        return " ".join(self.sql[items[0].start : items[-1].end].split()) if items else ""

    def span(self, start: int) -> Span:
        """From the offset ``start`` to the last word read."""
        end = self._words[self._at - 1].end if self._at else start
        return self._places.span(start, max(start, end))

    def _here(self) -> str:
        word = self.word
        return f"before `{self.sql[word.start : word.end]}`" if word is not None else "at the end"


class PlacesOf:
    """Spans of a statement by offset, worked out only when they are asked for."""

    def __init__(self, sql: str, whole: Span) -> None:
        self._sql, self._whole = sql, whole

    def span(self, start: int, end: int) -> Span:
        if start == 0 and end == len(self._sql) and self._whole.end_line is not None:
            return self._whole
        return Span(self._whole.path, *self._of(start), *self._of(end))

    def _of(self, offset: int) -> tuple[int, int]:
        before = self._sql.rfind("\n", 0, offset) + 1
        if before == 0:
            return self._whole.line, self._whole.column + offset
        return self._whole.line + self._sql.count("\n", 0, offset), offset - before + 1
