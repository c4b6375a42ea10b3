"""The schema that changes make, and the line behind each fact. PostgreSQL's own word is in ``test_two_replays``."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.checks.replay.naming import columns_part, distinct_labels, object_name
from pytest_errorbudget.checks.replay.replay import replay
from pytest_errorbudget.model.change import (
    AddEnumLabel,
    CallRoutines,
    Change,
    CreateEnum,
    CreateIndex,
    CreateRoutine,
    CreateTable,
    Drop,
    FileChanges,
    OpaqueChange,
    SetSearchPath,
    Transaction,
)
from pytest_errorbudget.model.change_parts import (
    ColumnSpec,
    ConstraintSpec,
    DefaultKind,
    Dependents,
    DroppedKind,
    IndexKey,
    Name,
    Placement,
    Scope,
    TransactionVerb,
)
from pytest_errorbudget.model.change_table import (
    AddColumn,
    AlterColumnType,
    DropColumn,
    DropNotNull,
    RenameColumn,
    RenameRelation,
    SetNotNull,
)
from pytest_errorbudget.model.migration import Inexact, Opaque, StaticReplay
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import (
    Column,
    Constraint,
    ConstraintKind,
    EnumType,
    Index,
    Reference,
    Relation,
    RelationKind,
)
from pytest_errorbudget.model.source import Span

_T = Name(None, "t")


def _at(line: int) -> Span:
    return Span("m/1_x.sql", line)


def _replayed(*changes: Change, transactional: bool = True) -> StaticReplay:
    return replay((FileChanges(path="m/1_x.sql", version="1", statements=(changes,), transactional=transactional),))


def _table(name: str, *columns: ColumnSpec, constraints: tuple[ConstraintSpec, ...] = (), line: int = 1) -> CreateTable:
    return CreateTable(name=Name(None, name), elements=columns, constraints=constraints, origin=_at(line))


def _int(name: str, line: int = 1) -> ColumnSpec:
    return ColumnSpec(name=name, type=PgType("int4"), origin=_at(line))


def _key(kind: ConstraintKind, *columns: str, line: int = 1) -> ConstraintSpec:
    return ConstraintSpec(kind=kind, columns=columns, origin=_at(line))


def _relation(replayed: StaticReplay, name: str = "t") -> Relation:
    found = replayed.schema.relation("public", name)
    assert found is not None
    return found


def test_a_table_with_its_key_and_a_reference() -> None:
    owner = _table("t", _int("id"), constraints=(_key(ConstraintKind.PRIMARY_KEY, "id", line=2),))
    reference = ConstraintSpec(kind=ConstraintKind.FOREIGN_KEY, columns=("t_id",), reference=_T, origin=_at(4))
    child = _table("u", _int("t_id", line=3), constraints=(reference,), line=3)
    replayed = _replayed(owner, child)
    assert replayed.schema.relations == (
        Relation(
            schema="public",
            name="t",
            kind=RelationKind.TABLE,
            columns=(Column(name="id", type=PgType("int4"), not_null=True),),
            indexes=(Index(name="t_pkey", columns=("id",), unique=True, primary=True),),
            constraints=(Constraint(name="t_pkey", kind=ConstraintKind.PRIMARY_KEY, columns=("id",)),),
        ),
        Relation(
            schema="public",
            name="u",
            kind=RelationKind.TABLE,
            columns=(Column(name="t_id", type=PgType("int4")),),
            constraints=(
                Constraint(
                    name="u_t_id_fkey",
                    kind=ConstraintKind.FOREIGN_KEY,
                    columns=("t_id",),
                    references=Reference("public", "t", ("id",)),
                ),
            ),
        ),
    )
    assert [c.origin for c in _relation(replayed, "u").constraints] == [_at(4)]


def test_the_origin_of_a_column_is_the_last_line_that_changed_it() -> None:
    replayed = _replayed(
        _table("t", _int("a", 2), _int("b", 3), _int("c", 4)),
        AlterColumnType(table=_T, column="b", type=PgType("int8"), origin=_at(10)),
        RenameColumn(table=_T, column="c", to="d", origin=_at(11)),
    )
    assert [(c.name, str(c.type), c.origin) for c in _relation(replayed).columns] == [
        ("a", "integer", _at(2)),
        ("b", "bigint", _at(10)),
        ("d", "integer", _at(11)),
    ]


def test_a_dropped_column_takes_its_indexes_and_constraints_along() -> None:
    index = CreateIndex(
        name=None,
        table=_T,
        keys=(IndexKey(text="(a + b)", label="expr"),),
        mentions=frozenset({"a", "b"}),
        origin=_at(2),
    )
    kept = CreateIndex(name="kept", table=_T, keys=(IndexKey(text="b", label="b", column="b"),), origin=_at(3))
    check = ConstraintSpec(kind=ConstraintKind.CHECK, mentions=frozenset({"a", "b"}), origin=_at(1))
    table = _table("t", _int("a"), _int("b"), constraints=(check, _key(ConstraintKind.UNIQUE, "a", "b")))
    before = _relation(_replayed(table, index, kept))
    assert [i.name for i in before.indexes] == ["kept", "t_a_b_key", "t_expr_idx"]
    assert [c.name for c in before.constraints] == ["t_a_b_key", "t_check"]
    after = _relation(_replayed(table, index, kept, DropColumn(table=_T, column="a", origin=_at(9))))
    assert ([i.name for i in after.indexes], after.constraints) == (["kept"], ())


def test_a_dropped_table_takes_the_keys_that_point_at_it() -> None:
    owner = _table("t", _int("id"), constraints=(_key(ConstraintKind.PRIMARY_KEY, "id"),))
    reference = ConstraintSpec(kind=ConstraintKind.FOREIGN_KEY, columns=("t_id",), reference=_T, origin=_at(1))
    drop = Drop(kind=DroppedKind.RELATION, name=_T, dependents=Dependents.CASCADE, origin=_at(2))
    replayed = _replayed(owner, _table("u", _int("t_id"), constraints=(reference,)), drop)
    assert [(r.name, r.constraints) for r in replayed.schema.relations] == [("u", ())]


def test_a_reference_follows_the_table_that_it_points_at() -> None:
    owner = _table("t", _int("id"), constraints=(_key(ConstraintKind.PRIMARY_KEY, "id"),))
    reference = ConstraintSpec(kind=ConstraintKind.FOREIGN_KEY, columns=("t_id",), reference=_T, origin=_at(1))
    replayed = _replayed(
        owner,
        _table("u", _int("t_id"), constraints=(reference,)),
        RenameColumn(table=_T, column="id", to="key", origin=_at(2)),
        RenameRelation(name=_T, to="s", origin=_at(3)),
    )
    assert [c.references for c in _relation(replayed, "u").constraints] == [Reference("public", "s", ("key",))]
    assert [i.name for i in _relation(replayed, "s").indexes] == ["t_pkey"]


def test_enum_labels_in_their_order() -> None:
    mood = Name(None, "mood")
    replayed = _replayed(
        CreateEnum(name=mood, labels=("sad", "ok"), origin=_at(1)),
        AddEnumLabel(name=mood, label="fine", placement=Placement.AFTER, neighbour="sad", origin=_at(2)),
        AddEnumLabel(name=mood, label="glad", origin=_at(3)),
        _table("t", ColumnSpec(name="a", type=PgType("mood", ""), origin=_at(4))),
    )
    assert replayed.schema.enums == (EnumType(schema="public", name="mood", labels=("sad", "fine", "ok", "glad")),)
    assert replayed.schema.enums[0].origin == _at(3)
    assert _relation(replayed).columns[0].type == PgType("mood", "public")


def test_what_is_rolled_back_never_happened() -> None:
    def step(verb: TransactionVerb, savepoint: str | None = None) -> Transaction:
        return Transaction(verb=verb, savepoint=savepoint, origin=_at(1))

    replayed = _replayed(
        step(TransactionVerb.BEGIN),
        _table("kept"),
        step(TransactionVerb.SAVEPOINT, "s"),
        _table("undone"),
        step(TransactionVerb.ROLLBACK_TO, "s"),
        step(TransactionVerb.COMMIT),
        step(TransactionVerb.BEGIN),
        Drop(kind=DroppedKind.RELATION, name=Name(None, "kept"), origin=_at(1)),
        step(TransactionVerb.ROLLBACK),
        transactional=False,
    )
    assert [relation.name for relation in replayed.schema.relations] == ["kept"]


def test_a_local_search_path_ends_with_its_file_and_another_does_not() -> None:
    def file(version: str, *changes: Change) -> FileChanges:
        return FileChanges(path=f"m/{version}_x.sql", version=version, statements=(changes,))

    replayed = replay(
        (
            file("1", SetSearchPath(schemas=("a",), scope=Scope.LOCAL, origin=_at(1)), _table("t")),
            file("2", _table("u"), SetSearchPath(schemas=("b",), origin=_at(1))),
            file("3", _table("v")),
        )
    )
    assert [(r.schema, r.name) for r in replayed.schema.relations] == [("a", "t"), ("b", "v"), ("public", "u")]


def test_an_opaque_statement_makes_what_it_names_inexact() -> None:
    opaque = OpaqueChange(
        statement="do $$ … $$", reason="a DO block is a program", mentions=frozenset({"t", "other"}), origin=_at(3)
    )
    replayed = _replayed(_table("t"), _table("u"), opaque)
    assert replayed.opaque == (Opaque(span=_at(3), statement="do $$ … $$", reason="a DO block is a program"),)
    assert replayed.inexact == (Inexact(schema="public", name="t", reason="a DO block is a program"),)
    assert [r.name for r in replayed.schema.relations] == ["u"]


def test_a_change_of_something_unknown_is_opaque_and_the_rest_goes_on() -> None:
    change = AddColumn(table=Name(None, "made"), column=_int("a"), origin=_at(3))
    replayed = _replayed(change, _table("t"))
    assert [(o.span, o.reason) for o in replayed.opaque] == [
        (_at(3), "no statement that can be read without a database makes `made`")
    ]
    assert [(one.schema, one.name) for one in replayed.inexact] == [("public", "made")]
    assert [r.name for r in replayed.schema.relations] == ["t"]


def test_a_change_of_an_uncertain_relation_is_no_news() -> None:
    opaque = OpaqueChange(statement="do", reason="a DO block is a program", mentions=frozenset({"t"}), origin=_at(3))
    replayed = _replayed(_table("t"), opaque, SetNotNull(table=_T, column="made_by_the_block", origin=_at(4)))
    assert [o.span for o in replayed.opaque] == [_at(3)]


_CALL = CallRoutines(names=("f",), statement="select f('u')", mentions=frozenset({"f", "u"}), origin=_at(5))


@pytest.mark.parametrize(
    ("routines", "inexact"),
    [
        ((), (("public", "u"),)),
        ((CreateRoutine(name="f", mentions=None, origin=_at(2)),), ()),
        (
            (CreateRoutine(name="f", mentions=frozenset({"alter", "t"}), origin=_at(2)),),
            (("public", "t"), ("public", "u")),
        ),
    ],
    ids=["unknown", "changes no schema", "changes what it mentions"],
)
def test_a_call_may_touch_what_it_and_the_routine_mention(
    routines: tuple[Change, ...], inexact: tuple[tuple[str, str], ...]
) -> None:
    replayed = _replayed(_table("t"), _table("u"), _table("v"), *routines, _CALL)
    assert tuple((one.schema, one.name) for one in replayed.inexact) == inexact
    assert [o.reason for o in replayed.opaque] == (
        ["the routine `f` that it calls may change the schema"] if inexact else []
    )


@pytest.mark.parametrize(
    ("first", "second", "label", "expected"),
    [
        ("t", "", "pkey", "t_pkey"),
        ("t", "a", "fkey", "t_a_fkey"),
        ("t" * 70, "", "pkey", "t" * 58 + "_pkey"),
        ("t" * 40, "c" * 40, "fkey", "t" * 29 + "_" + "c" * 28 + "_fkey"),
        ("t" * 10, "c" * 80, "idx", "t" * 10 + "_" + "c" * 48 + "_idx"),
        ("ß" * 40, "", "pkey", "ß" * 29 + "_pkey"),
    ],
)
def test_chosen_names_are_cut_to_63_bytes(first: str, second: str, label: str, expected: str) -> None:
    assert object_name(first, second, label) == expected
    assert len(expected.encode()) <= 63


def test_a_label_that_comes_again_is_numbered() -> None:
    assert distinct_labels(["expr", "expr", "a", "expr"]) == ["expr", "expr1", "a", "expr2"]


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["pkey", "key", "fkey12"]))
def test_no_chosen_name_is_too_long(first: str, second: str, label: str) -> None:
    assert len(object_name(first, columns_part([second, first]), label).encode()) <= 63


@dataclass
class _Simple:
    """What a person expects of a table: an ordered mapping of columns to (type, NOT NULL, default)."""

    columns: dict[str, tuple[str, bool, bool]] = field(default_factory=dict)

    def applies(self, change: Change) -> bool:
        """Whether PostgreSQL would take the change; if so, it is applied."""
        match change:
            case AddColumn():
                column = change.column
                fits = column.name not in self.columns
                if fits:
                    self.columns[column.name] = (column.type.name, column.not_null, column.default is not None)
            case RenameColumn():
                fits = change.column in self.columns and change.to not in self.columns
                if fits:
                    self.columns = {change.to if k == change.column else k: v for k, v in self.columns.items()}
            case DropColumn() | AlterColumnType() | SetNotNull() | DropNotNull():
                fits = change.column in self.columns
                if fits:
                    self._change(change)
            case _:
                fits = False
        return fits

    def _change(self, change: DropColumn | AlterColumnType | SetNotNull | DropNotNull) -> None:
        old = self.columns.pop(change.column) if isinstance(change, DropColumn) else self.columns[change.column]
        if isinstance(change, AlterColumnType):
            self.columns[change.column] = (change.type.name, *old[1:])
        elif not isinstance(change, DropColumn):
            self.columns[change.column] = (old[0], isinstance(change, SetNotNull), old[2])


_COLUMNS = st.sampled_from(["a", "b", "c"])
_TYPES = st.sampled_from([PgType("int4"), PgType("text"), PgType("int8")])
_SPECS = st.builds(
    ColumnSpec,
    name=_COLUMNS,
    type=_TYPES,
    not_null=st.booleans(),
    default=st.sampled_from([None, DefaultKind.EXPRESSION]),
    origin=st.just(_at(1)),
)
_CHANGES = st.one_of(
    st.builds(AddColumn, table=st.just(_T), column=_SPECS, origin=st.just(_at(1))),
    st.builds(DropColumn, table=st.just(_T), column=_COLUMNS, origin=st.just(_at(1))),
    st.builds(RenameColumn, table=st.just(_T), column=_COLUMNS, to=_COLUMNS, origin=st.just(_at(1))),
    st.builds(AlterColumnType, table=st.just(_T), column=_COLUMNS, type=_TYPES, origin=st.just(_at(1))),
    st.builds(SetNotNull, table=st.just(_T), column=_COLUMNS, origin=st.just(_at(1))),
    st.builds(DropNotNull, table=st.just(_T), column=_COLUMNS, origin=st.just(_at(1))),
)


@given(st.lists(_CHANGES, max_size=20))
def test_any_sequence_of_column_changes_gives_what_a_simple_model_says(changes: list[Change]) -> None:
    expected = _Simple()
    accepted = [change for change in changes if expected.applies(change)]
    columns = _relation(_replayed(_table("t"), *accepted)).columns
    assert {c.name: (c.type.name, c.not_null, c.has_default) for c in columns} == expected.columns
    assert [c.name for c in columns] == list(expected.columns)
