"""CREATE TABLE: columns of its own, of LIKE, of parents, and what a partition takes over."""

from __future__ import annotations

from pytest_errorbudget.checks.replay.constraints import add_constraints, inherit_constraint
from pytest_errorbudget.checks.replay.indexes import adopt_or_clone, chosen_name, cloned
from pytest_errorbudget.checks.replay.naming import columns_part, relation_name
from pytest_errorbudget.checks.replay.state import ColumnState, ConstraintState, State, TableState
from pytest_errorbudget.model.change import CreateTable
from pytest_errorbudget.model.change_parts import ColumnSpec, DefaultKind, Existing, LikeOption, LikeSpec
from pytest_errorbudget.model.change_table import AttachPartition, DetachPartition
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import ConstraintKind, RelationKind
from pytest_errorbudget.model.source import Span

_INDEXED = {ConstraintKind.PRIMARY_KEY: "pkey", ConstraintKind.UNIQUE: "key", ConstraintKind.EXCLUDE: "excl"}


def create_table(state: State, change: CreateTable) -> None:
    key = state.new_key(change.name, change.temporary)
    if change.existing is Existing.SKIPS and state.relation_name_taken(key):
        return
    parent = state.table(change.partition_of) if change.partition_of is not None else None
    parents = [parent] if parent is not None else [state.table(name) for name in change.inherits]
    table = TableState(schema=key[0], name=key[1], kind=change.kind, parents=parents, origin=change.origin)
    for source in parents:
        table.unknown = table.unknown or source.unknown
        _take_columns(table, source, change.origin)
    likes = _elements(state, table, change)
    state.add_table(table)
    add_constraints(state, table, change.constraints)
    for spec in likes:
        _like_rest(state, table, spec)
    for source in parents:
        take_over(state, table, source)


def attach_partition(state: State, change: AttachPartition) -> None:
    parent, partition = state.table(change.table), state.table(change.partition)
    partition.kind = RelationKind.PARTITION
    partition.parents.append(parent)
    parent.children.append(partition)
    for column in parent.columns.values():
        own = partition.columns.get(column.name)
        if own is not None:
            own.identity, own.local = column.identity, False
    take_over(state, partition, parent)


def detach_partition(state: State, change: DetachPartition) -> None:
    parent, partition = state.table(change.table), state.table(change.partition)
    partition.kind = RelationKind.TABLE
    parent.children.remove(partition)
    partition.parents.remove(parent)
    for column in partition.columns.values():
        column.identity, column.local = None, True


def new_column(state: State, spec: ColumnSpec) -> ColumnState:
    resolved = state.resolved(spec.type)
    return ColumnState(
        name=spec.name,
        type=resolved,
        not_null=spec.not_null,
        has_default=stores_default(state, resolved, spec.default),
        identity=spec.identity,
        generated=spec.generated,
        local=True,
        origin=spec.origin,
    )


def stores_default(state: State, resolved: PgType, default: DefaultKind | None) -> bool:
    """A bare DEFAULT NULL is stored only where the type needs a cast to its length or its domain.

    An interval takes its precision without a cast.
    """
    if default is not DefaultKind.NULL:
        return default is DefaultKind.EXPRESSION
    has_length = bool(resolved.modifiers) and resolved.name != "interval"
    return has_length or (resolved.schema, resolved.name) in state.domains


def _elements(state: State, table: TableState, change: CreateTable) -> list[LikeSpec]:
    likes: list[LikeSpec] = []
    for element in change.elements:
        if isinstance(element, LikeSpec):
            likes.append(element)
            _like_columns(state, table, element)
        elif element.name in table.columns:
            _refine(state, table.columns[element.name], element)
        else:
            table.columns[element.name] = new_column(state, element)
    return likes


def _refine(state: State, column: ColumnState, spec: ColumnSpec) -> None:
    """A column of a parent that the child names again: options add to it."""
    column.not_null = column.not_null or spec.not_null
    column.generated = spec.generated or column.generated
    if spec.default is not None:
        column.has_default = stores_default(state, column.type, spec.default)
    column.local = True
    column.origin = spec.origin


def _take_columns(table: TableState, source: TableState, origin: Span) -> None:
    is_partition = table.kind is RelationKind.PARTITION
    for column in source.columns.values():
        own = table.columns.get(column.name)
        if own is not None:
            own.not_null = own.not_null or column.not_null
            continue
        table.columns[column.name] = ColumnState(
            name=column.name,
            type=column.type,
            not_null=column.not_null,
            has_default=column.has_default,
            identity=column.identity if is_partition else None,
            generated=column.generated,
            origin=origin,
        )


def _like_columns(state: State, table: TableState, spec: LikeSpec) -> None:
    source = state.table(spec.source)
    table.unknown = table.unknown or source.unknown
    for column in source.columns.values():
        with_generated = LikeOption.GENERATED in spec.including
        table.columns[column.name] = ColumnState(
            name=column.name,
            type=column.type,
            not_null=column.not_null,
            has_default=column.has_default and LikeOption.DEFAULTS in spec.including,
            identity=column.identity if LikeOption.IDENTITY in spec.including else None,
            generated=column.generated if with_generated else None,
            local=True,
            origin=spec.origin,
        )


def _like_rest(state: State, table: TableState, spec: LikeSpec) -> None:
    source = state.table(spec.source)
    if LikeOption.CONSTRAINTS in spec.including:
        for constraint in source.constraints.values():
            if constraint.kind is ConstraintKind.CHECK and constraint.name not in table.constraints:
                _copy_constraint(state, table, constraint, constraint.name, spec.origin)
    if LikeOption.INDEXES not in spec.including:
        return
    for index in sorted(source.indexes.values(), key=lambda i: not i.primary):
        copy = cloned(index, spec.origin)
        constraint_of = source.constraints.get(index.name)
        if constraint_of is None:
            copy.name = chosen_name(state, table, copy, tuple(copy.include))
        else:
            part = "" if copy.primary else columns_part(copy.labels)
            copy.name = relation_name(state, table, part, _INDEXED[constraint_of.kind], is_constraint=True)
        state.add_index(table, copy)
        if constraint_of is not None:
            _copy_constraint(state, table, constraint_of, copy.name, spec.origin)


def _copy_constraint(state: State, table: TableState, constraint: ConstraintState, name: str, origin: Span) -> None:
    copy = ConstraintState(
        name=name,
        kind=constraint.kind,
        columns=list(constraint.columns),
        uses=set(constraint.uses),
        validated=constraint.validated,
        origin=origin,
    )
    state.add_constraint(table, copy)


def take_over(state: State, table: TableState, source: TableState) -> None:
    """What a child has from its parent: checks always; keys, foreign keys and indexes as a partition."""
    is_partition = table.kind is RelationKind.PARTITION
    for constraint in list(source.constraints.values()):
        if constraint.inherited and (is_partition or constraint.kind is ConstraintKind.CHECK):
            inherit_constraint(state, table, constraint, source.indexes.get(constraint.name))
    if not is_partition:
        return
    for index in list(source.indexes.values()):
        if index.name not in source.constraints:
            adopt_or_clone(state, table, index, index.origin)
    for column in source.columns.values():
        if column.not_null and column.name in table.columns:
            table.columns[column.name].not_null = True
