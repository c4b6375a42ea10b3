"""Constraints: named as PostgreSQL names them, with the indexes that carry them."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_errorbudget.checks.replay.indexes import cloned
from pytest_errorbudget.checks.replay.naming import columns_part, constraint_name, distinct_labels, relation_name
from pytest_errorbudget.checks.replay.state import ConstraintState, IndexState, NotReplayed, State, TableState
from pytest_errorbudget.model.change_parts import ConstraintSpec, Dependents, Existing
from pytest_errorbudget.model.change_table import AddConstraint, DropConstraint, RenameConstraint, ValidateConstraint
from pytest_errorbudget.model.schema import ConstraintKind, RelationKind

_KEYS = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)
_LABELS = {ConstraintKind.PRIMARY_KEY: "pkey", ConstraintKind.UNIQUE: "key", ConstraintKind.EXCLUDE: "excl"}


def add_constraints(state: State, table: TableState, specs: Iterable[ConstraintSpec]) -> None:
    """The constraints of one statement in PostgreSQL's order: checks, then indexes (primary key first), then keys."""
    listed = list(specs)
    for spec in listed:
        if spec.kind is ConstraintKind.NOT_NULL:
            _set_not_null(state, table, spec)
        elif spec.kind is ConstraintKind.CHECK:
            _add_check(state, table, spec)
    keyed = [spec for spec in listed if spec.kind in _LABELS]
    for spec in _without_repeats(sorted(keyed, key=lambda s: s.kind is not ConstraintKind.PRIMARY_KEY)):
        _add_indexed(state, table, spec)
    for spec in listed:
        if spec.kind is ConstraintKind.FOREIGN_KEY:
            _add_foreign_key(state, table, spec)


def add_constraint(state: State, change: AddConstraint) -> None:
    table = _table(state, change)
    if table is not None:
        add_constraints(state, table, (change.constraint,))


def drop_constraint(state: State, change: DropConstraint) -> None:
    table = _table(state, change)
    if table is None:
        return
    constraint = table.constraints.get(change.name)
    if constraint is None:
        _drop_not_null(table, change.name)
        return
    remove_with_references(state, table, constraint, change.dependents)
    for child in table.children:
        _remove_inherited(state, child, constraint)


def rename_constraint(state: State, change: RenameConstraint) -> None:
    table = _table(state, change)
    if table is None:
        return
    constraint = table.constraints.get(change.name)
    if constraint is None:
        for column in table.columns.values():
            if not_null_name(table, column.name, column.not_null_name) == change.name and column.not_null:
                column.not_null_name = change.to
                return
        raise NotReplayed(f"`{table.name}` has no constraint `{change.name}` that is known here", table.key)
    renamed(state, table, constraint, change.to)


def validate_constraint(state: State, change: ValidateConstraint) -> None:
    table = _table(state, change)
    if table is None or change.name not in table.constraints:
        return
    constraint = table.constraints[change.name]
    constraint.validated, constraint.origin = True, change.origin


def renamed(state: State, table: TableState, constraint: ConstraintState, to: str) -> None:
    """The constraint and its index under a new name."""
    index = table.indexes.get(constraint.name) if constraint.kind in _LABELS else None
    state.remove_constraint(table, constraint.name)
    constraint.name = to
    state.add_constraint(table, constraint)
    if index is not None:
        index.name = to
        state.add_index(table, index)


def remove_with_references(
    state: State, table: TableState, constraint: ConstraintState, dependents: Dependents
) -> None:
    """With CASCADE a key takes the foreign keys that need it along."""
    state.remove_constraint(table, constraint.name)
    if dependents is Dependents.CASCADE and constraint.kind in _KEYS:
        for other in state.tables.values():
            for name in [n for n, c in other.constraints.items() if _needs(c, table, constraint)]:
                state.remove_constraint(other, name)


def not_null_name(table: TableState, column: str, given: str | None) -> str:
    return given if given is not None else f"{table.name}_{column}_not_null"


def inherit_constraint(state: State, child: TableState, constraint: ConstraintState, index: IndexState | None) -> None:
    """A partition's copy: keys get an index of their own, checks and foreign keys keep their name."""
    if constraint.kind in _LABELS and index is not None:
        if any(own.keys == index.keys and own.unique for own in child.indexes.values()):
            return
        copy = cloned(index, index.origin)
        copy.name = _indexed_name(state, child, constraint.kind, copy.labels)
        state.add_index(child, copy)
        _copy(state, child, constraint, copy.name)
        return
    if constraint.name not in child.constraints:
        _copy(state, child, constraint, constraint.name)


def _copy(state: State, child: TableState, constraint: ConstraintState, name: str) -> None:
    state.add_constraint(
        child,
        ConstraintState(
            name=name,
            kind=constraint.kind,
            columns=list(constraint.columns),
            uses=set(constraint.uses),
            target=constraint.target,
            target_columns=list(constraint.target_columns),
            validated=constraint.validated,
            origin=constraint.origin,
        ),
    )
    for grandchild in child.children:
        inherit_constraint(state, grandchild, child.constraints[name], child.indexes.get(name))


def _table(
    state: State, change: AddConstraint | DropConstraint | RenameConstraint | ValidateConstraint
) -> TableState | None:
    return state.find(change.table) if change.missing is Existing.SKIPS else state.table(change.table)


def _set_not_null(state: State, table: TableState, spec: ConstraintSpec) -> None:
    for name in spec.columns:
        column = state.column(table, name)
        column.not_null, column.not_null_name, column.origin = True, spec.name, spec.origin


def _drop_not_null(table: TableState, name: str) -> None:
    for column in table.columns.values():
        if column.not_null and not_null_name(table, column.name, column.not_null_name) == name:
            column.not_null, column.not_null_name = False, None


def _add_check(state: State, table: TableState, spec: ConstraintSpec) -> None:
    columns = [name for name in table.columns if name in spec.mentions]
    part = columns[0] if len(columns) == 1 else ""
    _attach(state, table, spec, spec.name or constraint_name(state, table, part, "check"), columns)


def _add_indexed(state: State, table: TableState, spec: ConstraintSpec) -> None:
    if spec.using_index is not None:
        _adopt_index(state, table, spec, spec.using_index)
        return
    columns = [state.column(table, name).name for name in spec.columns]
    keys = [k.column if k.column is not None else k.text for k in spec.keys] or columns
    labels = distinct_labels([k.label for k in spec.keys] or columns)
    name = spec.name or _indexed_name(state, table, spec.kind, [*labels, *spec.include])
    index = IndexState(
        name=name,
        keys=keys,
        labels=labels,
        uses={*columns, *spec.include, *(spec.mentions & set(table.columns))},
        include=list(spec.include),
        unique=spec.kind in _KEYS,
        primary=spec.kind is ConstraintKind.PRIMARY_KEY,
        partial=spec.partial,
        method=spec.method,
        origin=spec.origin,
    )
    state.add_index(table, index)
    _attach(state, table, spec, name, columns)
    if index.primary:
        _primary(table, columns, spec)


def _primary(table: TableState, columns: Iterable[str], spec: ConstraintSpec) -> None:
    for name in columns:
        column = table.columns[name]
        if not column.not_null:
            column.not_null, column.origin = True, spec.origin
        for child in table.children:
            if name in child.columns:
                child.columns[name].not_null = True


def _indexed_name(state: State, table: TableState, kind: ConstraintKind, labels: list[str]) -> str:
    part = "" if kind is ConstraintKind.PRIMARY_KEY else columns_part(labels)
    return relation_name(state, table, part, _LABELS[kind], is_constraint=True)


def _adopt_index(state: State, table: TableState, spec: ConstraintSpec, name: str) -> None:
    """ADD CONSTRAINT … USING INDEX: the index takes the constraint's name."""
    index = table.indexes.get(name)
    if index is None:
        raise NotReplayed(f"`{table.name}` has no index `{name}` that is known here", table.key)
    state.remove_index(table, name)
    index.name, index.primary = spec.name or name, spec.kind is ConstraintKind.PRIMARY_KEY
    state.add_index(table, index)
    _attach(state, table, spec, index.name, list(index.keys))
    if index.primary:
        _primary(table, index.keys, spec)


def _add_foreign_key(state: State, table: TableState, spec: ConstraintSpec) -> None:
    if spec.reference is None:
        return
    columns = [state.column(table, name).name for name in spec.columns]
    name = spec.name or constraint_name(state, table, columns_part(columns), "fkey")
    target = state.find(spec.reference)
    primary = target.primary_key() if target is not None else None
    if target is None or (not spec.reference_columns and primary is None):
        raise NotReplayed(f"the key of `{spec.reference}` is not known here", table.key)
    constraint = _constraint(spec, name, columns, table)
    constraint.target = target
    constraint.target_columns = list(spec.reference_columns) or list(primary.columns if primary else ())
    _put(state, table, constraint)


def _attach(state: State, table: TableState, spec: ConstraintSpec, name: str, columns: list[str]) -> None:
    _put(state, table, _constraint(spec, name, columns, table))


def _constraint(spec: ConstraintSpec, name: str, columns: list[str], table: TableState) -> ConstraintState:
    return ConstraintState(
        name=name,
        kind=spec.kind,
        columns=columns,
        uses={*columns, *spec.include, *(spec.mentions & set(table.columns))},
        validated=spec.validated,
        inherited=spec.inherited,
        origin=spec.origin,
    )


def _put(state: State, table: TableState, constraint: ConstraintState) -> None:
    """The constraint, on the table and on what inherits it."""
    if constraint.name in table.constraints:
        raise NotReplayed(f"`{table.name}` has a constraint `{constraint.name}` already", table.key)
    state.add_constraint(table, constraint)
    for child in table.children:
        if constraint.inherited and (child.kind is RelationKind.PARTITION or constraint.kind is ConstraintKind.CHECK):
            inherit_constraint(state, child, constraint, table.indexes.get(constraint.name))


def _remove_inherited(state: State, child: TableState, constraint: ConstraintState) -> None:
    own = next(
        (c for c in child.constraints.values() if c.kind is constraint.kind and c.columns == constraint.columns), None
    )
    if own is not None and (child.kind is RelationKind.PARTITION or own.name == constraint.name):
        state.remove_constraint(child, own.name)
        for grandchild in child.children:
            _remove_inherited(state, grandchild, own)


def _without_repeats(specs: list[ConstraintSpec]) -> list[ConstraintSpec]:
    """The same key twice is one index, ``PRIMARY KEY UNIQUE`` too; a name given to either counts."""
    found: list[ConstraintSpec] = []
    for spec in specs:
        twin = next((i for i, other in enumerate(found) if _repeats(spec, other)), None)
        if twin is None:
            found.append(spec)
        elif found[twin].name is None and spec.name is not None:
            kept = found[twin]
            found[twin] = ConstraintSpec(
                kind=kept.kind, name=spec.name, columns=kept.columns, include=kept.include, origin=kept.origin
            )
    return found


def _repeats(spec: ConstraintSpec, other: ConstraintSpec) -> bool:
    return (
        spec.kind in _KEYS
        and other.kind in _KEYS
        and bool(spec.columns)
        and (spec.columns, spec.include, spec.deferrable) == (other.columns, other.include, other.deferrable)
    )


def _needs(constraint: ConstraintState, table: TableState, key: ConstraintState) -> bool:
    return constraint.target is table and sorted(constraint.target_columns) == sorted(key.columns)
